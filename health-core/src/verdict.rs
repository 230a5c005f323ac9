use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

/// What a check, or a heartbeat, is held to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It works.
    Healthy,
    /// It works, but worse than it should.
    Degraded,
    /// It does not work, or nobody knows any more.
    Unhealthy,
    /// Its first run has not ended.
    Unknown,
}

/// Why a check, or a heartbeat, is not healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The check returned an error.
    Failed,
    /// The run had not ended at its deadline.
    TimedOut,
    /// The run panicked.
    Panicked,
    /// A run past its deadline has not ended yet, so the check cannot be asked again.
    Stuck,
    /// The last run is too long ago to say anything.
    Stale,
    /// The first run has not ended.
    Pending,
    /// The check itself reported `degraded`.
    Reported,
    /// The heartbeat's gap is longer than it may be.
    Overdue,
}

/// What is held of a check or a heartbeat, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdict {
    /// What it is held to be.
    pub status: Status,
    /// Why; `None` exactly when it is healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
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
    pub(crate) const STALE: Verdict = Verdict {
        status: Status::Unhealthy,
        reason: Some(Reason::Stale),
    };

    /// Whether nothing is wrong with it.
    pub fn is_healthy(self) -> bool {
        self.status == Status::Healthy
    }

    /// Whether it works, well or not: not unhealthy, and not unknown.
    pub fn works(self) -> bool {
        matches!(self.status, Status::Healthy | Status::Degraded)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.as_str())?;
        match self.reason {
            Some(reason) => write!(f, " ({})", reason.as_str()),
            None => Ok(()),
        }
    }
}

impl Status {
    /// Returns the status as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Healthy => "healthy",
            Status::Degraded => "degraded",
            Status::Unhealthy => "unhealthy",
            Status::Unknown => "unknown",
        }
    }
}

impl Reason {
    /// Returns the reason as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Failed => "failed",
            Reason::TimedOut => "timed_out",
            Reason::Panicked => "panicked",
            Reason::Stuck => "stuck",
            Reason::Stale => "stale",
            Reason::Pending => "pending",
            Reason::Reported => "reported",
            Reason::Overdue => "overdue",
        }
    }
}

/// Verdicts by name: what is not healthy before what is, each by name.
///
/// In this order a reader that stops early still has what matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts(Vec<(Arc<str>, Verdict)>);

impl Verdicts {
    /// Returns the verdict of one name.
    pub fn get(&self, name: &str) -> Option<Verdict> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, verdict)| verdict)
    }

    /// Returns names and verdicts in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Verdict)> {
        self.0.iter().map(|(name, verdict)| (&**name, *verdict))
    }

    /// Returns only those that are not healthy.
    pub fn not_healthy(&self) -> Verdicts {
        Verdicts(
            self.0
                .iter()
                .filter(|(_, verdict)| !verdict.is_healthy())
                .cloned()
                .collect(),
        )
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

impl FromIterator<(Arc<str>, Verdict)> for Verdicts {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Verdict)>>(verdicts: I) -> Verdicts {
        let mut verdicts: Vec<_> = verdicts.into_iter().collect();
        verdicts.sort_by(|(a, x), (b, y)| (x.is_healthy(), a).cmp(&(y.is_healthy(), b)));
        Verdicts(verdicts)
    }
}

impl Serialize for Verdicts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, verdict) in self.iter() {
            map.serialize_entry(name, &verdict)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
