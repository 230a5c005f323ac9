pub mod body;
pub(crate) mod entry;
pub(crate) mod exposure;
pub(crate) mod grade;
pub(crate) mod heading;
pub(crate) mod rows;
pub(crate) mod tone;

use health_core::{Liveness, Readiness, ServiceReason, Startup, StartupStatus, Verdicts};
use http::StatusCode;
use serde::Serialize;

use self::entry::Entry;
use self::grade::Grade;

/// A public answer, as the core gives it: what HTTP, texts and `health+json` read of it.
pub(crate) trait Public: Clone + Serialize {
    fn grade(&self) -> Grade;

    fn status(&self) -> &'static str;

    fn reason(&self) -> Option<ServiceReason>;

    /// What it speaks of: what is wrong before what is not.
    fn entries(&self) -> Vec<Entry<'_>>;

    /// The same answer with only what is wrong, or not yet done.
    fn without_healthy(&self) -> Self;

    /// The one place that knows what an answer is in HTTP.
    fn code(&self) -> StatusCode {
        self.grade().code()
    }
}

impl Public for Liveness {
    fn grade(&self) -> Grade {
        self.status.into()
    }

    fn status(&self) -> &'static str {
        self.status.as_str()
    }

    fn reason(&self) -> Option<ServiceReason> {
        self.reason
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let heartbeats = self.heartbeats.iter().map(Entry::heartbeat);
        worst_first(checks(&self.checks).chain(heartbeats))
    }

    fn without_healthy(&self) -> Liveness {
        let mut liveness = self.clone();
        liveness.checks = liveness.checks.failing();
        liveness.heartbeats = liveness.heartbeats.failing();
        liveness
    }
}

impl Public for Readiness {
    fn grade(&self) -> Grade {
        self.status.into()
    }

    fn status(&self) -> &'static str {
        self.status.as_str()
    }

    fn reason(&self) -> Option<ServiceReason> {
        self.reason
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        worst_first(checks(&self.critical).chain(checks(&self.degraded)))
    }

    fn without_healthy(&self) -> Readiness {
        let mut readiness = self.clone();
        readiness.critical = readiness.critical.failing();
        readiness.degraded = readiness.degraded.failing();
        readiness
    }
}

impl Public for Startup {
    fn grade(&self) -> Grade {
        match self.status {
            StartupStatus::Started => Grade::Pass,
            StartupStatus::Starting => Grade::Fail,
        }
    }

    fn status(&self) -> &'static str {
        self.status.as_str()
    }

    fn reason(&self) -> Option<ServiceReason> {
        None
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        worst_first(checks(&self.checks).chain(self.tasks.iter().map(Entry::task)))
    }

    fn without_healthy(&self) -> Startup {
        let mut startup = self.clone();
        startup.checks = startup.checks.failing();
        startup.tasks = startup.tasks.unfinished();
        startup
    }
}

fn checks(verdicts: &Verdicts) -> impl Iterator<Item = Entry<'_>> {
    verdicts.iter().map(Entry::check)
}

fn worst_first<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Entry<'a>> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(Entry::is_healthy);
    entries
}
