pub(crate) mod probe;
pub(crate) mod routes;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use self::probe::Probe;
use self::routes::Routes;
use crate::problems;

/// Where the probes are, checked when [`Endpoints::paths`](crate::Endpoints::paths) takes it.
///
/// ```
/// use health_http::{Paths, Probe};
///
/// // `/internal/live`, `/internal/ready`, `/internal/deep`, and `/booted` instead of `/internal/startup`.
/// let paths = Paths::under("/internal").at(Probe::Startup, "/booted");
/// // And `/livez`, `/readyz`, `/readyz/<feature>`, `/startupz`, `/internal/liveness`, `/internal/readiness`.
/// let paths = paths.aliases();
/// # drop(paths);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Paths {
    prefix: String,
    chosen: Vec<(Probe, String)>,
    aliases: bool,
}

impl Default for Paths {
    /// The paths of the contract: `/health/live`, `/health/ready`, `/health/startup`, `/health/deep`.
    fn default() -> Paths {
        Paths::under("/health")
    }
}

impl Paths {
    /// Puts the probes below a prefix; `"/"` puts them at the root.
    pub fn under(prefix: impl Into<String>) -> Paths {
        Paths {
            prefix: prefix.into(),
            chosen: Vec::new(),
            aliases: false,
        }
    }

    /// Puts one probe at this path instead of below the prefix; said twice, it is at both.
    ///
    /// Every path of readiness but `/` has the features one segment below it, and answers 404 to all other
    /// names there.
    pub fn at(mut self, probe: Probe, path: impl Into<String>) -> Paths {
        self.chosen.push((probe, path.into()));
        self
    }

    /// Adds the names that other software has made common: `/livez`, `/readyz`, `/startupz`, and below the prefix
    /// `liveness` and `readiness`.
    pub fn aliases(mut self) -> Paths {
        self.aliases = true;
        self
    }

    /// Finds every problem, or makes the routes that requests are looked up in.
    pub(crate) fn check(self, features: &[Arc<str>]) -> Result<Routes, InvalidPaths> {
        let mut problems = Vec::new();
        let prefix = normal(&self.prefix).unwrap_or_else(|problem| {
            problems.push(problem);
            ""
        });
        let mut routes = Routes::default();
        for (probe, path) in self.defaults(prefix) {
            routes
                .add(probe, path)
                .unwrap_or_else(|problem| problems.push(problem));
        }
        for (probe, path) in &self.chosen {
            let added = normal(path).and_then(|path| routes.add(*probe, path.to_owned()));
            added.unwrap_or_else(|problem| problems.push(problem));
        }
        problems.extend(routes.hidden(features));
        if problems.is_empty() {
            Ok(routes)
        } else {
            Err(InvalidPaths { problems })
        }
    }

    fn defaults(&self, prefix: &str) -> Vec<(Probe, String)> {
        let chosen = |probe: Probe| self.chosen.iter().any(|(known, _)| *known == probe);
        let below = |segment: &str| format!("{prefix}/{segment}");
        let mut paths = Vec::new();
        for probe in Probe::ALL.into_iter().filter(|probe| !chosen(*probe)) {
            paths.push((probe, below(probe.segment())));
        }
        if self.aliases {
            paths.extend([
                (Probe::Liveness, "/livez".to_owned()),
                (Probe::Liveness, below("liveness")),
                (Probe::Readiness, "/readyz".to_owned()),
                (Probe::Readiness, below("readiness")),
                (Probe::Startup, "/startupz".to_owned()),
            ]);
        }
        paths
    }
}

/// A path without its trailing slash, if it is one that a request can have.
fn normal(path: &str) -> Result<&str, String> {
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    if !path.starts_with('/') {
        Err(format!("`{path}` is not a path: it must begin with `/`"))
    } else if trimmed
        .split('/')
        .skip(1)
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        Err(format!("`{path}` has a segment that is empty, `.` or `..`"))
    } else if !trimmed.split('/').all(|segment| segment.bytes().all(plain)) {
        Err(format!(
            "`{path}` has a character other than letters, digits, `-`, `.`, `_` and `~`"
        ))
    } else {
        Ok(trimmed)
    }
}

/// Everything that is wrong with [`Paths`].
///
/// `Debug` and `Display` are the same text, so that `main` can return it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidPaths {
    problems: Vec<String>,
}

impl InvalidPaths {
    /// Returns the problems, in the order in which the paths were given.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for InvalidPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        problems::write(f, "the probes cannot be at these paths", &self.problems)
    }
}

impl fmt::Debug for InvalidPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for InvalidPaths {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(paths: Paths) -> Vec<String> {
        paths
            .check(&["search".into()])
            .err()
            .map(|invalid| invalid.problems)
            .unwrap_or_default()
    }

    #[test]
    fn two_probes_on_one_path_are_both_named() {
        let paths = Paths::default()
            .at(Probe::Liveness, "/up")
            .at(Probe::Readiness, "/up/");
        assert_eq!(
            problems(paths),
            ["`/up` is both liveness and readiness: one path is one probe"]
        );
    }

    #[test]
    fn all_problems_are_said_at_once() {
        let paths = Paths::under("health")
            .at(Probe::Deep, "/a//b")
            .at(Probe::Startup, "/a b")
            .at(Probe::Startup, "/..");
        let problems = problems(paths);
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_probe_may_be_at_the_root_and_at_several_paths() {
        let paths = Paths::under("/")
            .at(Probe::Readiness, "/")
            .at(Probe::Readiness, "/up")
            .aliases();
        assert_eq!(problems(paths), [""; 0]);
    }

    #[test]
    fn a_path_that_hides_a_feature_is_a_problem() {
        let paths = Paths::default().at(Probe::Deep, "/health/ready/search");
        assert_eq!(
            problems(paths),
            [
                "`/health/ready/search` is both deep and the readiness of feature `search`: one path is one probe"
            ]
        );
    }
}
