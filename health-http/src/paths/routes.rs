use std::collections::BTreeMap;
use std::sync::Arc;

use super::probe::Probe;

/// What a path asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    Probe(Probe),
    Feature(&'a str),
}

/// Which path asks what. Keys are paths without a trailing slash, so the root is the empty string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes(BTreeMap<String, Probe>);

impl Routes {
    pub(crate) fn add(&mut self, probe: Probe, path: String) -> Result<(), String> {
        match self.0.get(&path) {
            Some(known) if *known != probe => Err(format!(
                "`{}` is both {known} and {probe}: one path is one probe",
                shown(&path)
            )),
            _ => {
                self.0.insert(path, probe);
                Ok(())
            }
        }
    }

    /// Says which features cannot be asked for, because their path is another probe's.
    pub(crate) fn hidden(&self, features: &[Arc<str>]) -> Vec<String> {
        let by_feature = |(path, probe): (&String, &Probe)| {
            let (root, name) = path.rsplit_once('/')?;
            let hides =
                self.has_features(root) && features.iter().any(|feature| **feature == *name);
            let readiness = format!("the readiness of feature `{name}`");
            hides
                .then(|| format!("`{path}` is both {probe} and {readiness}: one path is one probe"))
        };
        self.0.iter().filter_map(by_feature).collect()
    }

    pub(crate) fn target<'a>(&self, path: &'a str) -> Option<Target<'a>> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if let Some(probe) = self.0.get(path) {
            return Some(Target::Probe(*probe));
        }
        let (root, name) = path.rsplit_once('/')?;
        (self.has_features(root) && !name.is_empty()).then_some(Target::Feature(name))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Probe)> {
        self.0.iter().map(|(path, probe)| (shown(path), *probe))
    }

    // Below the root are the application's own paths.
    fn has_features(&self, path: &str) -> bool {
        !path.is_empty() && self.0.get(path) == Some(&Probe::Readiness)
    }
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::Paths;

    #[test]
    fn a_path_is_ours_exactly_or_not_at_all() {
        let routes = Paths::default().check(&[]).unwrap();
        let ready = Some(Target::Probe(Probe::Readiness));
        for (path, expected) in [
            ("/health/live", Some(Target::Probe(Probe::Liveness))),
            ("/health/ready", ready),
            ("/health/ready/", ready),
            ("/health/ready/search", Some(Target::Feature("search"))),
            ("/health/ready/search/", Some(Target::Feature("search"))),
            ("/health/deep", Some(Target::Probe(Probe::Deep))),
            ("/health/ready//", None),
            ("/health/ready/search/more", None),
            ("/health/live/search", None),
            ("/health/%72eady", None),
            ("//health/ready", None),
            ("/Health/ready", None),
            ("/health", None),
            ("/", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(routes.target(path), expected, "{path}");
        }
    }

    #[test]
    fn readiness_at_the_root_leaves_what_is_below_to_the_application() {
        let routes = Paths::default()
            .at(Probe::Readiness, "/")
            .check(&[])
            .unwrap();
        assert_eq!(routes.target("/"), Some(Target::Probe(Probe::Readiness)));
        assert_eq!(routes.target("/orders"), None);
    }

    #[test]
    fn aliases_are_the_same_probes() {
        let routes = Paths::default().aliases().check(&[]).unwrap();
        for (path, probe) in [
            ("/livez", Probe::Liveness),
            ("/health/liveness", Probe::Liveness),
            ("/readyz", Probe::Readiness),
            ("/health/readiness", Probe::Readiness),
            ("/startupz", Probe::Startup),
        ] {
            assert_eq!(routes.target(path), Some(Target::Probe(probe)), "{path}");
        }
        assert_eq!(
            routes.target("/readyz/search"),
            Some(Target::Feature("search"))
        );
    }
}
