use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::startup::{Task, TaskStatus};
use crate::verdict::Verdict;

/// Verdicts by name: what is not healthy before what is, each by name.
pub type Verdicts = ByName<Verdict>;

/// Startup tasks by name: what is not complete before what is, each by name.
pub type Tasks = ByName<Task>;

/// Things by name: what is wrong, or not done, before what is well, each by name.
///
/// In this order a reader that stops early still has what matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByName<T>(Vec<(Arc<str>, T)>);

/// Whether there is nothing to say about a thing.
trait Well {
    fn is_well(&self) -> bool;
}

impl Well for Verdict {
    fn is_well(&self) -> bool {
        self.is_healthy()
    }
}

impl Well for Task {
    fn is_well(&self) -> bool {
        self.status == TaskStatus::Complete
    }
}

impl<T: Copy> ByName<T> {
    /// Returns the thing of one name.
    pub fn get(&self, name: &str) -> Option<T> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, thing)| thing)
    }

    /// Returns names and things in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, T)> {
        self.0.iter().map(|(name, thing)| (&**name, *thing))
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[allow(private_bounds, reason = "verdicts and tasks are all there is")]
impl<T: Copy + Well> ByName<T> {
    /// Returns only what is not healthy, or not complete.
    pub fn not_well(&self) -> ByName<T> {
        self.0
            .iter()
            .filter(|(_, thing)| !thing.is_well())
            .cloned()
            .collect()
    }
}

#[allow(private_bounds, reason = "verdicts and tasks are all there is")]
impl<T: Well> FromIterator<(Arc<str>, T)> for ByName<T> {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, T)>>(things: I) -> ByName<T> {
        let mut things: Vec<_> = things.into_iter().collect();
        things.sort_by(|(a, x), (b, y)| (x.is_well(), a).cmp(&(y.is_well(), b)));
        ByName(things)
    }
}

impl<T> Default for ByName<T> {
    fn default() -> ByName<T> {
        ByName(Vec::new())
    }
}

impl<T: Copy + Serialize> Serialize for ByName<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, thing) in self.iter() {
            map.serialize_entry(name, &thing)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Reason, Status};

    #[test]
    fn what_is_not_healthy_comes_first_and_each_by_name() {
        let failed = Verdict {
            status: Status::Unhealthy,
            reason: Some(Reason::Failed),
        };
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
        assert_eq!(verdicts.not_well().len(), 2);
    }
}
