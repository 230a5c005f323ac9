use health_core::{ReadinessStatus, Status, TaskStatus};
use serde::Serialize;

/// How good something is, in the words that formats other than ours have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    Pass,
    Warn,
    Fail,
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
