use std::sync::Arc;

use health_core::{
    Liveness, LivenessStatus, Readiness, ReadinessStatus, ServiceReason, Startup, StartupStatus,
    Tasks, Verdicts,
};
use http::StatusCode;
use serde::{Serialize, Serializer};

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
        let good = match self {
            Answer::Liveness(liveness) => match liveness.status {
                LivenessStatus::Alive => true,
                LivenessStatus::NotAlive => false,
            },
            Answer::Readiness(readiness) => match readiness.status {
                ReadinessStatus::Ready | ReadinessStatus::Degraded => true,
                ReadinessStatus::NotReady => false,
            },
            Answer::Startup(startup) => match startup.status {
                StartupStatus::Started => true,
                StartupStatus::Starting => false,
            },
        };
        if good {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        }
    }

    pub(crate) fn status(&self) -> &'static str {
        match self {
            Answer::Liveness(liveness) => liveness.status.as_str(),
            Answer::Readiness(readiness) => readiness.status.as_str(),
            Answer::Startup(startup) => startup.status.as_str(),
        }
    }

    pub(crate) fn readiness(&self) -> Option<ReadinessStatus> {
        match self {
            Answer::Readiness(readiness) => Some(readiness.status),
            Answer::Liveness(_) | Answer::Startup(_) => None,
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

    /// The same answer with only what is wrong, or not yet done.
    pub(crate) fn without_healthy(&self) -> Answer {
        match self {
            Answer::Liveness(liveness) => {
                let mut liveness = Liveness::clone(liveness);
                liveness.checks = liveness.checks.not_healthy();
                liveness.heartbeats = liveness.heartbeats.not_healthy();
                Answer::Liveness(Arc::new(liveness))
            }
            Answer::Readiness(readiness) => {
                let mut readiness = Readiness::clone(readiness);
                readiness.critical = readiness.critical.not_healthy();
                readiness.degraded = readiness.degraded.not_healthy();
                Answer::Readiness(Arc::new(readiness))
            }
            Answer::Startup(startup) => {
                let mut startup = Startup::clone(startup);
                startup.checks = startup.checks.not_healthy();
                startup.tasks = startup.tasks.not_complete();
                Answer::Startup(Arc::new(startup))
            }
        }
    }

    /// How many checks, heartbeats and tasks it speaks of.
    pub(crate) fn len(&self) -> usize {
        self.verdicts()
            .iter()
            .map(|verdicts| verdicts.len())
            .sum::<usize>()
            + self.tasks().map_or(0, Tasks::len)
    }

    /// What it holds verdicts of, in the order of the contract.
    pub(crate) fn verdicts(&self) -> Vec<&Verdicts> {
        match self {
            Answer::Liveness(liveness) => vec![&liveness.checks, &liveness.heartbeats],
            Answer::Readiness(readiness) => vec![&readiness.critical, &readiness.degraded],
            Answer::Startup(startup) => vec![&startup.checks],
        }
    }

    pub(crate) fn tasks(&self) -> Option<&Tasks> {
        match self {
            Answer::Startup(startup) => Some(&startup.tasks),
            Answer::Liveness(_) | Answer::Readiness(_) => None,
        }
    }

    pub(crate) fn reason(&self) -> Option<ServiceReason> {
        match self {
            Answer::Liveness(liveness) => liveness.reason,
            Answer::Readiness(readiness) => readiness.reason,
            Answer::Startup(_) => None,
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
