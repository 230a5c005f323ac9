use std::sync::Arc;

use health_core::{
    Liveness, LivenessStatus, Readiness, ReadinessStatus, ServiceReason, Startup, StartupStatus,
};
use http::StatusCode;
use serde::{Serialize, Serializer};

use crate::entry::Entry;
use crate::grade::Grade;

/// A public answer, as the core gives it.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Liveness(Arc<Liveness>),
    Readiness(Arc<Readiness>),
    Startup(Arc<Startup>),
}

impl Answer {
    /// The one place that knows what an answer is in HTTP.
    pub(crate) fn code(&self) -> StatusCode {
        match self.grade() {
            Grade::Pass | Grade::Warn => StatusCode::OK,
            Grade::Fail => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn grade(&self) -> Grade {
        match self {
            Answer::Liveness(liveness) => match liveness.status {
                LivenessStatus::Alive => Grade::Pass,
                LivenessStatus::NotAlive => Grade::Fail,
            },
            Answer::Readiness(readiness) => readiness.status.into(),
            Answer::Startup(startup) => match startup.status {
                StartupStatus::Started => Grade::Pass,
                StartupStatus::Starting => Grade::Fail,
            },
        }
    }

    pub(crate) fn status(&self) -> &'static str {
        match self {
            Answer::Liveness(liveness) => liveness.status.as_str(),
            Answer::Readiness(readiness) => readiness.status.as_str(),
            Answer::Startup(startup) => startup.status.as_str(),
        }
    }

    pub(crate) fn reason(&self) -> Option<ServiceReason> {
        match self {
            Answer::Liveness(liveness) => liveness.reason,
            Answer::Readiness(readiness) => readiness.reason,
            Answer::Startup(_) => None,
        }
    }

    pub(crate) fn readiness(&self) -> Option<ReadinessStatus> {
        match self {
            Answer::Readiness(readiness) => Some(readiness.status),
            Answer::Liveness(_) | Answer::Startup(_) => None,
        }
    }

    /// What it speaks of: what is wrong before what is not.
    pub(crate) fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries: Vec<_> = match self {
            Answer::Liveness(liveness) => {
                let heartbeats = liveness.heartbeats.iter().map(Entry::heartbeat);
                liveness
                    .checks
                    .iter()
                    .map(Entry::check)
                    .chain(heartbeats)
                    .collect()
            }
            Answer::Readiness(readiness) => readiness
                .critical
                .iter()
                .chain(readiness.degraded.iter())
                .map(Entry::check)
                .collect(),
            Answer::Startup(startup) => startup
                .checks
                .iter()
                .map(Entry::check)
                .chain(startup.tasks.iter().map(Entry::task))
                .collect(),
        };
        entries.sort_by_key(Entry::is_healthy);
        entries
    }

    /// The same answer with only what is wrong, or not yet done.
    pub(crate) fn without_healthy(&self) -> Answer {
        match self {
            Answer::Liveness(liveness) => {
                let mut liveness = Liveness::clone(liveness);
                liveness.checks = liveness.checks.not_well();
                liveness.heartbeats = liveness.heartbeats.not_well();
                Answer::Liveness(Arc::new(liveness))
            }
            Answer::Readiness(readiness) => {
                let mut readiness = Readiness::clone(readiness);
                readiness.critical = readiness.critical.not_well();
                readiness.degraded = readiness.degraded.not_well();
                Answer::Readiness(Arc::new(readiness))
            }
            Answer::Startup(startup) => {
                let mut startup = Startup::clone(startup);
                startup.checks = startup.checks.not_well();
                startup.tasks = startup.tasks.not_well();
                Answer::Startup(Arc::new(startup))
            }
        }
    }

    /// Whether this is the very value that the other is, not just an equal one.
    pub(crate) fn is(&self, other: &Answer) -> bool {
        match (self, other) {
            (Answer::Liveness(this), Answer::Liveness(that)) => Arc::ptr_eq(this, that),
            (Answer::Readiness(this), Answer::Readiness(that)) => Arc::ptr_eq(this, that),
            (Answer::Startup(this), Answer::Startup(that)) => Arc::ptr_eq(this, that),
            _ => false,
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Answer::Liveness(liveness) => liveness.serialize(serializer),
            Answer::Readiness(readiness) => readiness.serialize(serializer),
            Answer::Startup(startup) => startup.serialize(serializer),
        }
    }
}
