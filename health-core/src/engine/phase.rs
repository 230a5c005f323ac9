use std::time::Instant;

use super::run::Run;

/// Where one check is between two runs, in lived time.
#[derive(Debug)]
pub(crate) enum Phase {
    Waiting {
        due: Instant,
    },
    Running {
        run: Run,
        started: Instant,
        deadline: Instant,
    },
    /// Past its deadline and not ended: never started again until it has.
    Overdue {
        run: Run,
        next: Instant,
    },
    /// A startup check that passed.
    Done,
}

impl Phase {
    /// The run that has not ended.
    pub(crate) fn run(&self) -> Option<&Run> {
        match self {
            Phase::Running { run, .. } | Phase::Overdue { run, .. } => Some(run),
            Phase::Waiting { .. } | Phase::Done => None,
        }
    }

    /// When time alone next changes something.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        match self {
            Phase::Waiting { due } => Some(*due),
            Phase::Running { deadline, .. } => Some(*deadline),
            Phase::Overdue { next, .. } => Some(*next),
            Phase::Done => None,
        }
    }
}
