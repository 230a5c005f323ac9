use health_core::{Task, Verdict};

use super::grade::Grade;

/// One thing that an answer speaks of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Check(Verdict),
    Heartbeat(Verdict),
    Task(Task),
}

impl<'a> Entry<'a> {
    pub(crate) fn check((name, verdict): (&'a str, Verdict)) -> Entry<'a> {
        Entry {
            name,
            what: What::Check(verdict),
        }
    }

    pub(crate) fn heartbeat((name, verdict): (&'a str, Verdict)) -> Entry<'a> {
        Entry {
            name,
            what: What::Heartbeat(verdict),
        }
    }

    pub(crate) fn task((name, task): (&'a str, Task)) -> Entry<'a> {
        Entry {
            name,
            what: What::Task(task),
        }
    }

    pub(crate) fn grade(&self) -> Grade {
        match self.what {
            What::Check(verdict) | What::Heartbeat(verdict) => verdict.status.into(),
            What::Task(task) => task.status.into(),
        }
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.grade() == Grade::Pass
    }
}

/// A task's progress, in percent.
pub(crate) fn percent(progress: f64) -> f64 {
    (progress * 100.0).round()
}
