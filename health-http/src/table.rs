use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Probe;

/// What a path asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    Probe(Probe),
    Feature(&'a str),
}

/// Which path asks what. Keys are paths without a trailing slash, so the root is the empty string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(BTreeMap<String, Probe>);

impl Table {
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

    pub(crate) fn asked<'a>(&self, path: &'a str) -> Option<Asked<'a>> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if let Some(probe) = self.0.get(path) {
            return Some(Asked::Probe(*probe));
        }
        let (root, name) = path.rsplit_once('/')?;
        (self.has_features(root) && !name.is_empty()).then_some(Asked::Feature(name))
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
    use crate::Paths;

    #[test]
    fn a_path_is_ours_exactly_or_not_at_all() {
        let table = Paths::default().check(&[]).unwrap();
        let ready = Some(Asked::Probe(Probe::Readiness));
        for (path, expected) in [
            ("/health/live", Some(Asked::Probe(Probe::Liveness))),
            ("/health/ready", ready),
            ("/health/ready/", ready),
            ("/health/ready/search", Some(Asked::Feature("search"))),
            ("/health/ready/search/", Some(Asked::Feature("search"))),
            ("/health/deep", Some(Asked::Probe(Probe::Deep))),
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
            assert_eq!(table.asked(path), expected, "{path}");
        }
    }

    #[test]
    fn readiness_at_the_root_leaves_what_is_below_to_the_application() {
        let table = Paths::default()
            .at(Probe::Readiness, "/")
            .check(&[])
            .unwrap();
        assert_eq!(table.asked("/"), Some(Asked::Probe(Probe::Readiness)));
        assert_eq!(table.asked("/orders"), None);
    }

    #[test]
    fn aliases_are_the_same_probes() {
        let table = Paths::default().aliases().check(&[]).unwrap();
        for (path, probe) in [
            ("/livez", Probe::Liveness),
            ("/health/liveness", Probe::Liveness),
            ("/readyz", Probe::Readiness),
            ("/health/readiness", Probe::Readiness),
            ("/startupz", Probe::Startup),
        ] {
            assert_eq!(table.asked(path), Some(Asked::Probe(probe)), "{path}");
        }
        assert_eq!(
            table.asked("/readyz/search"),
            Some(Asked::Feature("search"))
        );
    }
}
