use serde::{Deserialize, Serialize, Serializer};

use crate::by_name::Verdicts;
use crate::service::{Service, ServiceReason};
use crate::verdict::{Status, Verdict};
use crate::{Class, Feature};

/// Whether this instance should get traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessStatus {
    /// Everything works.
    Ready,
    /// It serves, but worse than it should.
    Degraded,
    /// It must get no traffic.
    NotReady,
}

impl ReadinessStatus {
    /// Returns the status as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            ReadinessStatus::Ready => "ready",
            ReadinessStatus::Degraded => "degraded",
            ReadinessStatus::NotReady => "not_ready",
        }
    }
}

/// The public answer to "may this instance get traffic?".
///
/// It has names, statuses and reasons, and no field that could hold an error's text.
/// Serialises to the JSON of `/health/ready`.
///
/// ```
/// use health_core::{Health, ReadinessStatus};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let readiness = health.readiness();
/// if readiness.status == ReadinessStatus::NotReady {
///     let down = readiness.critical.iter().find(|(_, verdict)| !verdict.works());
///     println!("{:?}, because of {down:?}", readiness.reason);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readiness {
    /// The answer.
    pub status: ReadinessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
    /// The feature that was asked for; `None` for the whole service.
    pub feature: Option<Feature>,
    /// The `critical`-class checks.
    pub critical: Verdicts,
    /// The `degraded`-class checks.
    pub degraded: Verdicts,
}

/// Judges the readiness of the whole service.
pub(crate) fn readiness(service: &Service) -> Readiness {
    let critical = service.verdicts(Class::Critical, None);
    let degraded = service.verdicts(Class::Degraded, None);
    let reason = reason(service);
    let of_service = reason.map(|_| ReadinessStatus::NotReady);
    let of_critical = critical
        .iter()
        .map(|(_, verdict)| unless_works(verdict, ReadinessStatus::NotReady));
    let of_degraded = degraded
        .iter()
        .map(|(_, verdict)| unless_works(verdict, ReadinessStatus::Degraded));
    let status = worst(of_service.into_iter().chain(of_critical).chain(of_degraded));
    Readiness {
        status,
        reason,
        feature: None,
        critical,
        degraded,
    }
}

/// Judges the readiness of one feature: it can be worse than the service, never better.
pub(crate) fn readiness_of(feature: Feature, service: &Service) -> Readiness {
    let critical = service.verdicts(Class::Critical, Some(feature));
    let degraded = service.verdicts(Class::Degraded, Some(feature));
    let whole = readiness(service);
    let of_service = match whole.status {
        ReadinessStatus::NotReady => ReadinessStatus::NotReady,
        // What it does not need does not degrade it.
        ReadinessStatus::Ready | ReadinessStatus::Degraded => ReadinessStatus::Ready,
    };
    let needed = critical.iter().chain(degraded.iter());
    let of_needed = needed.map(|(_, verdict)| unless_works(verdict, ReadinessStatus::NotReady));
    let status = worst(std::iter::once(of_service).chain(of_needed));
    Readiness {
        status,
        reason: whole.reason,
        feature: Some(feature),
        critical,
        degraded,
    }
}

/// What one check does to readiness, `when_down` being what its class says of a check that does not work.
fn unless_works(verdict: Verdict, when_down: ReadinessStatus) -> ReadinessStatus {
    match verdict.status {
        Status::Healthy => ReadinessStatus::Ready,
        Status::Degraded => ReadinessStatus::Degraded,
        Status::Unhealthy | Status::Unknown => when_down,
    }
}

/// Worst wins, here and nowhere else.
fn worst(statuses: impl Iterator<Item = ReadinessStatus>) -> ReadinessStatus {
    statuses.max().unwrap_or(ReadinessStatus::Ready)
}

fn reason(service: &Service) -> Option<ServiceReason> {
    let pending =
        |held: &crate::service::Held| held.class.is_readiness() && held.verdict == Verdict::PENDING;
    if service.draining {
        Some(ServiceReason::Draining)
    } else if service.silent {
        Some(ServiceReason::Stale)
    } else if !service.started || service.checks.iter().any(pending) {
        Some(ServiceReason::Starting)
    } else {
        None
    }
}

impl Serialize for Readiness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            status: ReadinessStatus,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<ServiceReason>,
            #[serde(skip_serializing_if = "Option::is_none")]
            feature: Option<&'static str>,
            critical: &'a Verdicts,
            degraded: &'a Verdicts,
        }
        let feature = self.feature.as_ref().map(Feature::name);
        Body {
            status: self.status,
            reason: self.reason,
            feature,
            critical: &self.critical,
            degraded: &self.degraded,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Held;
    use crate::verdict::Reason;

    const SEARCH: Feature = Feature::new("search");
    const HEALTHY: Verdict = Verdict::HEALTHY;
    const DEGRADED: Verdict = Verdict {
        status: Status::Degraded,
        reason: Some(Reason::Reported),
    };
    const UNHEALTHY: Verdict = Verdict {
        status: Status::Unhealthy,
        reason: Some(Reason::Failed),
    };

    fn service(checks: &[(Class, Verdict, bool)]) -> Service {
        let held = |(n, &(class, verdict, for_search)): (usize, &(Class, Verdict, bool))| Held {
            name: format!("check_{n}").into(),
            class,
            verdict,
            needed_by: if for_search {
                [SEARCH].into()
            } else {
                [].into()
            },
        };
        Service {
            checks: checks.iter().enumerate().map(held).collect(),
            started: true,
            ..Service::default()
        }
    }

    #[test]
    fn the_class_says_what_a_verdict_does_to_readiness() {
        use ReadinessStatus::{Degraded, NotReady, Ready};
        let table = [
            (Class::Critical, HEALTHY, Ready),
            (Class::Critical, DEGRADED, Degraded),
            (Class::Critical, UNHEALTHY, NotReady),
            (Class::Critical, Verdict::STALE, NotReady),
            (Class::Degraded, HEALTHY, Ready),
            (Class::Degraded, DEGRADED, Degraded),
            (Class::Degraded, UNHEALTHY, Degraded),
            (Class::Degraded, Verdict::STALE, Degraded),
            (Class::Liveness, UNHEALTHY, Ready),
            (Class::Startup, UNHEALTHY, Ready),
        ];
        for (class, verdict, expected) in table {
            let answer = readiness(&service(&[
                (class, verdict, false),
                (Class::Critical, HEALTHY, false),
            ]));
            assert_eq!(answer.status, expected, "{class} {verdict}");
            assert_eq!(answer.reason, None, "{class} {verdict}");
        }
    }

    #[test]
    fn a_readiness_check_that_was_never_asked_means_starting() {
        for class in [Class::Critical, Class::Degraded] {
            let answer = readiness(&service(&[(class, Verdict::PENDING, false)]));
            assert_eq!(
                (answer.status, answer.reason),
                (ReadinessStatus::NotReady, Some(ServiceReason::Starting))
            );
        }
        assert_eq!(
            readiness(&service(&[(Class::Liveness, Verdict::PENDING, false)])).status,
            ReadinessStatus::Ready
        );
    }

    #[test]
    fn draining_stands_before_stale_before_starting() {
        let mut service = Service {
            draining: true,
            silent: true,
            ..Service::default()
        };
        assert_eq!(readiness(&service).reason, Some(ServiceReason::Draining));
        service.draining = false;
        assert_eq!(readiness(&service).reason, Some(ServiceReason::Stale));
        service.silent = false;
        assert_eq!(readiness(&service).reason, Some(ServiceReason::Starting));
        service.started = true;
        assert_eq!(readiness(&service).status, ReadinessStatus::Ready);
    }

    #[test]
    fn a_feature_falls_with_what_it_needs_and_with_the_service() {
        use ReadinessStatus::{Degraded, NotReady, Ready};
        type Checks = &'static [(Class, Verdict, bool)];
        let table: [(Checks, _, _); 5] = [
            (&[(Class::Degraded, UNHEALTHY, true)], Degraded, NotReady),
            (&[(Class::Degraded, DEGRADED, true)], Degraded, Degraded),
            (
                &[
                    (Class::Degraded, UNHEALTHY, false),
                    (Class::Degraded, HEALTHY, true),
                ],
                Degraded,
                Ready,
            ),
            (
                &[
                    (Class::Critical, UNHEALTHY, false),
                    (Class::Degraded, HEALTHY, true),
                ],
                NotReady,
                NotReady,
            ),
            (
                &[
                    (Class::Critical, DEGRADED, false),
                    (Class::Critical, HEALTHY, true),
                ],
                Degraded,
                Ready,
            ),
        ];
        for (checks, of_service, of_search) in table {
            let service = service(checks);
            assert_eq!(readiness(&service).status, of_service, "{checks:?}");
            assert_eq!(
                readiness_of(SEARCH, &service).status,
                of_search,
                "{checks:?}"
            );
        }
    }

    #[test]
    fn the_json_is_the_contract() {
        let answer = readiness(&service(&[
            (Class::Critical, UNHEALTHY, false),
            (Class::Degraded, HEALTHY, false),
        ]));
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"status":"not_ready","critical":{"check_0":{"status":"unhealthy","reason":"failed"}},"degraded":{"check_1":{"status":"healthy"}}}"#
        );
    }
}
