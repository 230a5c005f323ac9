use health_core::{LivenessStatus, ReadinessStatus, Status, TaskStatus};
use http::StatusCode;
use serde::Serialize;

/// How good something is, in the words that formats other than ours have in common; from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    Pass,
    Warn,
    Fail,
}

impl Grade {
    /// The code of an answer whose code says how good it is.
    pub(crate) fn code(self) -> StatusCode {
        match self {
            Grade::Pass | Grade::Warn => StatusCode::OK,
            Grade::Fail => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<LivenessStatus> for Grade {
    fn from(status: LivenessStatus) -> Grade {
        match status {
            LivenessStatus::Alive => Grade::Pass,
            LivenessStatus::NotAlive => Grade::Fail,
        }
    }
}

impl From<ReadinessStatus> for Grade {
    fn from(status: ReadinessStatus) -> Grade {
        match status {
            ReadinessStatus::Ready => Grade::Pass,
            ReadinessStatus::Degraded => Grade::Warn,
            ReadinessStatus::NotReady => Grade::Fail,
        }
    }
}

impl From<Status> for Grade {
    fn from(status: Status) -> Grade {
        match status {
            Status::Healthy => Grade::Pass,
            Status::Degraded => Grade::Warn,
            // Also what this version does not know yet: better a false alarm than a false calm.
            _ => Grade::Fail,
        }
    }
}

impl From<TaskStatus> for Grade {
    fn from(status: TaskStatus) -> Grade {
        match status {
            TaskStatus::Complete => Grade::Pass,
            TaskStatus::Running => Grade::Warn,
            _ => Grade::Fail,
        }
    }
}
