use std::fmt;

use serde::{Deserialize, Serialize};

use crate::declare::outcome::Level;

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

impl From<Level> for Status {
    fn from(level: Level) -> Status {
        match level {
            Level::Healthy => Status::Healthy,
            Level::Degraded => Status::Degraded,
            Level::Unhealthy => Status::Unhealthy,
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
