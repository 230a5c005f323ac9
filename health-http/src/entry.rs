use health_core::{Task, Verdict};

use crate::grade::Grade;

/// One thing that an answer speaks of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) held: Held,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    Check(Verdict),
    Heartbeat(Verdict),
    Task(Task),
}

impl<'a> Entry<'a> {
    pub(crate) fn check((name, verdict): (&'a str, Verdict)) -> Entry<'a> {
        Entry {
            name,
            held: Held::Check(verdict),
        }
    }

    pub(crate) fn heartbeat((name, verdict): (&'a str, Verdict)) -> Entry<'a> {
        Entry {
            name,
            held: Held::Heartbeat(verdict),
        }
    }

    pub(crate) fn task((name, task): (&'a str, Task)) -> Entry<'a> {
        Entry {
            name,
            held: Held::Task(task),
        }
    }

    pub(crate) fn grade(&self) -> Grade {
        match self.held {
            Held::Check(verdict) | Held::Heartbeat(verdict) => verdict.status.into(),
            Held::Task(task) => task.status.into(),
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
