use serde::{Deserialize, Serialize, Serializer};

use crate::Class;
use crate::by_name::Verdicts;
use crate::service::{Service, ServiceReason};
use crate::verdict::Status;

/// Whether a restart would help this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LivenessStatus {
    /// Leave it alone.
    Alive,
    /// Restart it.
    NotAlive,
}

impl LivenessStatus {
    /// Returns the status as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            LivenessStatus::Alive => "alive",
            LivenessStatus::NotAlive => "not_alive",
        }
    }
}

/// The public answer to "is this process broken in a way that a restart would mend?".
///
/// Serialises to the JSON of `/health/live`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Liveness {
    /// The answer.
    pub status: LivenessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
    /// The `liveness`-class checks.
    pub checks: Verdicts,
    /// The heartbeats.
    pub heartbeats: Verdicts,
}

/// Judges liveness, from what is local to the process and from nothing else.
pub(crate) fn liveness(service: &Service) -> Liveness {
    let checks = service.verdicts(Class::Liveness, None);
    let heartbeats = service.heartbeats.clone();
    let reason = if service.broken {
        Some(ServiceReason::Broken)
    } else if service.stalled {
        Some(ServiceReason::Stalled)
    } else if service.silent {
        Some(ServiceReason::Stale)
    } else {
        None
    };
    // Unknown is alive: a process is not restarted because nobody has looked yet.
    let down = checks
        .iter()
        .chain(heartbeats.iter())
        .any(|(_, verdict)| verdict.status == Status::Unhealthy);
    let status = if reason.is_some() || down {
        LivenessStatus::NotAlive
    } else {
        LivenessStatus::Alive
    };
    Liveness {
        status,
        reason,
        checks,
        heartbeats,
    }
}

impl Serialize for Liveness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            status: LivenessStatus,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<ServiceReason>,
            #[serde(skip_serializing_if = "Option::is_none")]
            checks: Option<&'a Verdicts>,
            #[serde(skip_serializing_if = "Option::is_none")]
            heartbeats: Option<&'a Verdicts>,
        }
        let why = self.status == LivenessStatus::NotAlive;
        Body {
            status: self.status,
            reason: self.reason,
            checks: why.then_some(&self.checks),
            heartbeats: why.then_some(&self.heartbeats),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Held;
    use crate::verdict::{Reason, Verdict};

    const STUCK: Verdict = Verdict {
        status: Status::Unhealthy,
        reason: Some(Reason::Stuck),
    };

    fn service(class: Class, verdict: Verdict) -> Service {
        let held = Held {
            name: "check".into(),
            class,
            verdict,
            needed_by: [].into(),
        };
        Service {
            checks: vec![held],
            ..Service::default()
        }
    }

    #[test]
    fn no_check_of_another_class_reaches_liveness() {
        for class in [Class::Critical, Class::Degraded, Class::Startup] {
            let answer = liveness(&service(class, STUCK));
            assert_eq!(answer.status, LivenessStatus::Alive, "{class}");
        }
        assert_eq!(
            liveness(&service(Class::Liveness, STUCK)).status,
            LivenessStatus::NotAlive
        );
    }

    #[test]
    fn draining_starting_and_unknown_are_alive() {
        let mut service = service(Class::Liveness, Verdict::PENDING);
        service.draining = true;
        assert_eq!(
            serde_json::to_string(&liveness(&service)).unwrap(),
            r#"{"status":"alive"}"#
        );
    }

    #[test]
    fn broken_stands_before_stalled_before_stale() {
        let mut service = Service {
            broken: true,
            stalled: true,
            silent: true,
            ..Service::default()
        };
        assert_eq!(liveness(&service).reason, Some(ServiceReason::Broken));
        service.broken = false;
        assert_eq!(liveness(&service).reason, Some(ServiceReason::Stalled));
        service.stalled = false;
        assert_eq!(liveness(&service).reason, Some(ServiceReason::Stale));
    }

    #[test]
    fn a_dead_process_says_what_killed_it() {
        let expected = r#"{"status":"not_alive","checks":{"check":{"status":"unhealthy","reason":"stuck"}},"heartbeats":{}}"#;
        assert_eq!(
            serde_json::to_string(&liveness(&service(Class::Liveness, STUCK))).unwrap(),
            expected
        );
    }
}
