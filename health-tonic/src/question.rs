use std::fmt;

use health_core::{Feature, Health, LivenessStatus, ReadinessStatus, StartupStatus};
use tonic_health::pb::health_check_response::ServingStatus;

/// What a name asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Liveness,
    Readiness,
    Startup,
    Feature(Feature),
}

impl Question {
    /// The questions that every service can be asked, by their names.
    pub(crate) fn of_the_service() -> [(&'static str, Question); 4] {
        [
            ("", Question::Readiness),
            ("readiness", Question::Readiness),
            ("liveness", Question::Liveness),
            ("startup", Question::Startup),
        ]
    }

    /// What gRPC says to it now, and the word of the contract for that.
    pub(crate) fn ask(&self, health: &Health) -> (ServingStatus, &'static str) {
        let (is_serving, word) = match self {
            Question::Liveness => {
                let status = health.liveness().status;
                (status == LivenessStatus::Alive, status.as_str())
            }
            Question::Startup => {
                let status = health.startup().status;
                (status == StartupStatus::Started, status.as_str())
            }
            Question::Readiness => readiness(health.readiness().status),
            Question::Feature(feature) => readiness(health.status_of(feature)),
        };
        let status = if is_serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        (status, word)
    }
}

fn readiness(status: ReadinessStatus) -> (bool, &'static str) {
    let is_serving = match status {
        // Worse than usual, but who asks has nobody better to go to.
        ReadinessStatus::Ready | ReadinessStatus::Degraded => true,
        ReadinessStatus::NotReady => false,
    };
    (is_serving, status.as_str())
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Liveness => f.write_str("liveness"),
            Question::Readiness => f.write_str("readiness"),
            Question::Startup => f.write_str("startup"),
            Question::Feature(feature) => write!(f, "feature `{feature}`"),
        }
    }
}
