use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::declare::status::{Reason, Status};
use crate::words::words;

words! {
    /// Why the service itself, and not one of its checks, makes an answer what it is; what stands first wins.
    #[non_exhaustive]
    pub enum ServiceReason {
        /// The service is shutting down.
        Draining = "draining",
        /// The application declared itself broken.
        Broken = "broken",
        /// The application's runtime runs no tasks.
        Stalled = "stalled",
        /// The monitor stopped, so nothing is known any more.
        Stale = "stale",
        /// A liveness check or a heartbeat fails, so the process is to be restarted.
        NotAlive = "not_alive",
        /// Startup is not complete, or the first run of a check has not ended.
        Starting = "starting",
    }
}

/// What a check or a heartbeat is held to be, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdict {
    /// What it is held to be.
    pub status: Status,
    /// Why; `None` exactly when it is healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Verdict {
    pub(crate) const HEALTHY: Verdict = Verdict {
        status: Status::Healthy,
        reason: None,
    };
    pub(crate) const PENDING: Verdict = Verdict {
        status: Status::Unknown,
        reason: Some(Reason::Pending),
    };
    pub(crate) const REPORTED: Verdict = Verdict {
        status: Status::Degraded,
        reason: Some(Reason::Reported),
    };
    pub(crate) const STALE: Verdict = Verdict::unhealthy(Reason::Stale);

    pub(crate) const fn unhealthy(reason: Reason) -> Verdict {
        Verdict {
            status: Status::Unhealthy,
            reason: Some(reason),
        }
    }

    /// Returns whether nothing is wrong with it.
    pub fn is_healthy(self) -> bool {
        self.status == Status::Healthy
    }

    /// Returns whether it serves, well or not: it is neither unhealthy nor unknown.
    pub fn is_serving(self) -> bool {
        matches!(self.status, Status::Healthy | Status::Degraded)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.as_str())?;
        match self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// Verdicts by name: what is not healthy before what is, each by name.
///
/// In this order a reader that stops early still has what matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts(Vec<(Arc<str>, Verdict)>);

impl Verdicts {
    /// Orders verdicts that come by name.
    pub(crate) fn from_sorted<'a>(
        sorted: impl Iterator<Item = (&'a Arc<str>, Verdict)> + Clone,
    ) -> Verdicts {
        let failing = sorted.clone().filter(|(_, verdict)| !verdict.is_healthy());
        let healthy = sorted.filter(|(_, verdict)| verdict.is_healthy());
        let ordered = failing.chain(healthy);
        Verdicts(
            ordered
                .map(|(name, verdict)| (Arc::clone(name), verdict))
                .collect(),
        )
    }

    /// Returns the verdict of one name.
    pub fn get(&self, name: &str) -> Option<Verdict> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, verdict)| verdict)
    }

    /// Returns names and verdicts in their order.
    pub fn iter(&self) -> VerdictsIter<'_> {
        VerdictsIter(self.0.iter())
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns only what is not healthy.
    #[must_use]
    pub fn failing(&self) -> Verdicts {
        let failing = self.0.iter().filter(|(_, verdict)| !verdict.is_healthy());
        Verdicts(failing.cloned().collect())
    }
}

impl Index<&str> for Verdicts {
    type Output = Verdict;

    /// # Panics
    ///
    /// When there is none of this name.
    fn index(&self, name: &str) -> &Verdict {
        let found = self.0.iter().find(|(known, _)| &**known == name);
        &found.unwrap_or_else(|| panic!("there is no `{name}`")).1
    }
}

impl FromIterator<(Arc<str>, Verdict)> for Verdicts {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Verdict)>>(verdicts: I) -> Verdicts {
        let mut verdicts: Vec<_> = verdicts.into_iter().collect();
        verdicts.sort_by(|(a, x), (b, y)| (x.is_healthy(), a).cmp(&(y.is_healthy(), b)));
        Verdicts(verdicts)
    }
}

impl<'a> IntoIterator for &'a Verdicts {
    type Item = (&'a str, Verdict);
    type IntoIter = VerdictsIter<'a>;

    fn into_iter(self) -> VerdictsIter<'a> {
        self.iter()
    }
}

/// The iterator over [`Verdicts`].
#[derive(Clone, Debug)]
pub struct VerdictsIter<'a>(std::slice::Iter<'a, (Arc<str>, Verdict)>);

impl<'a> Iterator for VerdictsIter<'a> {
    type Item = (&'a str, Verdict);

    fn next(&mut self) -> Option<(&'a str, Verdict)> {
        self.0.next().map(|(name, verdict)| (&**name, *verdict))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for VerdictsIter<'_> {}

impl Serialize for Verdicts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for Verdicts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Verdicts, D::Error> {
        deserializer
            .deserialize_map(InOrder::new("verdicts by name"))
            .map(Verdicts)
    }
}

/// Reads a map as it is written, in its own order.
pub(crate) struct InOrder<T> {
    what: &'static str,
    of: std::marker::PhantomData<T>,
}

impl<T> InOrder<T> {
    pub(crate) fn new(what: &'static str) -> InOrder<T> {
        InOrder {
            what,
            of: std::marker::PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Vec<(Arc<str>, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, T>()? {
            entries.push((name.into(), value));
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_healthy_comes_first_and_each_by_name() {
        let failed = Verdict::unhealthy(Reason::Failed);
        let verdicts: Verdicts = [
            ("b", Verdict::HEALTHY),
            ("d", failed),
            ("a", Verdict::HEALTHY),
            ("c", Verdict::PENDING),
        ]
        .into_iter()
        .map(|(name, verdict)| (name.into(), verdict))
        .collect();
        let json = serde_json::to_string(&verdicts).unwrap();
        let expected = r#"{"c":{"status":"unknown","reason":"pending"},"d":{"status":"unhealthy","reason":"failed"},"a":{"status":"healthy"},"b":{"status":"healthy"}}"#;
        assert_eq!(json, expected);
        let failing: Verdicts = [("c", Verdict::PENDING), ("d", failed)]
            .map(|(name, verdict)| (name.into(), verdict))
            .into_iter()
            .collect();
        assert_eq!(verdicts.failing(), failing);
        assert_eq!(serde_json::from_str::<Verdicts>(&json).unwrap(), verdicts);
        assert_eq!((verdicts["d"], verdicts.get("e")), (failed, None));
    }

    #[test]
    fn verdicts_are_found_counted_and_walked_through() {
        let failed = Verdict::unhealthy(Reason::Failed);
        let all = [("a", failed), ("b", Verdict::HEALTHY)];
        let named = all.map(|(name, verdict)| (name.into(), verdict));
        let verdicts: Verdicts = named.into_iter().collect();
        assert_eq!(verdicts.get("b"), Some(Verdict::HEALTHY));
        assert_eq!((verdicts.len(), verdicts.is_empty()), (2, false));
        assert_eq!(verdicts.iter().collect::<Vec<_>>(), all);
        assert_eq!(verdicts.iter().len(), 2);
        let mut walk = (&verdicts).into_iter();
        assert_eq!(walk.next(), Some(("a", failed)));
        assert_eq!(walk.len(), 1);
        let none = Verdicts::default();
        assert_eq!(
            (none.len(), none.is_empty(), none.get("a")),
            (0, true, None)
        );
    }

    #[test]
    fn what_was_sorted_by_name_comes_in_the_same_order() {
        let all = [
            ("a", Verdict::HEALTHY),
            ("b", Verdict::STALE),
            ("c", Verdict::HEALTHY),
            ("d", Verdict::PENDING),
        ];
        let all = all.map(|(name, verdict)| (Arc::<str>::from(name), verdict));
        let sorted = all.iter().map(|(name, verdict)| (name, *verdict));
        let verdicts = Verdicts::from_sorted(sorted);
        assert_eq!(verdicts, all.iter().cloned().collect());
        let names: Vec<_> = verdicts.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["b", "d", "a", "c"]);
    }

    #[test]
    fn a_verdict_serves_or_not_and_says_why() {
        for (verdict, is_serving, words) in [
            (Verdict::HEALTHY, true, "healthy"),
            (Verdict::REPORTED, true, "degraded (reported)"),
            (Verdict::STALE, false, "unhealthy (stale)"),
            (Verdict::PENDING, false, "unknown (pending)"),
        ] {
            assert_eq!(verdict.is_serving(), is_serving, "{verdict}");
            assert_eq!(verdict.to_string(), words);
        }
    }

    #[test]
    fn what_is_no_map_is_not_read_as_verdicts() {
        let error = serde_json::from_str::<Verdicts>("[]").unwrap_err();
        assert!(error.to_string().contains("verdicts by name"), "{error}");
    }
}
