use health_core::{Status, TaskStatus};

use super::grade::Grade;

/// How alarming something is to a person who looks; from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// It does not work.
    Fail,
    /// It works, but worse than it should.
    Warn,
    /// It is on its way, or nobody knows: no alarm, and not well either.
    Wait,
    /// It is well.
    Pass,
}

impl Tone {
    /// The name that the style has for it.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Tone::Fail => "fail",
            Tone::Warn => "warn",
            Tone::Wait => "wait",
            Tone::Pass => "pass",
        }
    }

    /// Its sign, for those who see no colours.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Tone::Fail => "✕",
            Tone::Warn => "!",
            Tone::Wait => "…",
            Tone::Pass => "✓",
        }
    }
}

impl From<Grade> for Tone {
    fn from(grade: Grade) -> Tone {
        match grade {
            Grade::Pass => Tone::Pass,
            Grade::Warn => Tone::Warn,
            Grade::Fail => Tone::Fail,
        }
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Tone {
        match status {
            Status::Unknown => Tone::Wait,
            status => Grade::from(status).into(),
        }
    }
}

impl From<TaskStatus> for Tone {
    fn from(status: TaskStatus) -> Tone {
        match status {
            TaskStatus::Running => Tone::Wait,
            status => Grade::from(status).into(),
        }
    }
}
