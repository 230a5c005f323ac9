use serde::{Deserialize, Serialize, Serializer};

use super::facts::{Facts, FeatureFacts, Seen, Stall};
use super::liveness::{self, LivenessStatus};
use super::verdict::{ServiceReason, Verdict, Verdicts};
use crate::declare::class::Class;
use crate::declare::feature::Feature;
use crate::declare::status::Status;
use crate::words::words;

words! {
    /// Whether this instance should get traffic, from best to worst.
    pub enum ReadinessStatus {
        /// Everything works.
        Ready = "ready",
        /// It serves, but worse than it should.
        Degraded = "degraded",
        /// It must get no traffic.
        NotReady = "not_ready",
    }
}

/// The public answer to "may this instance get traffic?".
///
/// It has names, statuses and reasons, and no field that could hold an error's text.
/// Serialises to the JSON of `/health/ready`, and can be read from it.
///
/// ```
/// use health_core::{Health, ReadinessStatus};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let readiness = health.readiness();
/// if readiness.status == ReadinessStatus::NotReady {
///     let down = readiness.critical.iter().find(|(_, verdict)| !verdict.is_serving());
///     println!("{:?}, because of {down:?}", readiness.reason);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Readiness {
    /// The answer.
    pub status: ReadinessStatus,
    /// Why, when the service itself is why.
    #[serde(default)]
    pub reason: Option<ServiceReason>,
    /// The feature that was asked for; `None` for the whole service.
    #[serde(default)]
    pub feature: Option<Feature>,
    /// The `critical`-class checks. For a feature those that it needs, and those that keep the whole
    /// service from being ready.
    pub critical: Verdicts,
    /// The `degraded`-class checks, for a feature those that it needs.
    pub degraded: Verdicts,
}

/// Judges the readiness of the whole service.
pub(crate) fn judge(facts: &Facts, seen: Seen) -> (ReadinessStatus, Option<ServiceReason>) {
    let critical = facts.of_class(Class::Critical, seen);
    let degraded = facts.of_class(Class::Degraded, seen);
    let reason = reason(facts, seen);
    let of_service = reason.map(|_| ReadinessStatus::NotReady);
    let of_critical = critical.map(|verdict| unless_serving(verdict, ReadinessStatus::NotReady));
    let of_degraded = degraded.map(|verdict| unless_serving(verdict, ReadinessStatus::Degraded));
    let status = worst(of_service.into_iter().chain(of_critical).chain(of_degraded));
    (status, reason)
}

/// Judges the readiness of one feature: it can be worse than the service, never better.
pub(crate) fn judge_feature(
    feature: &FeatureFacts,
    (service, reason): (ReadinessStatus, Option<ServiceReason>),
    facts: &Facts,
    seen: Seen,
) -> (ReadinessStatus, Option<ServiceReason>) {
    let of_service = match service {
        ReadinessStatus::NotReady => ReadinessStatus::NotReady,
        // What it does not need does not degrade it.
        ReadinessStatus::Ready | ReadinessStatus::Degraded => ReadinessStatus::Ready,
    };
    let needed = feature
        .needs
        .iter()
        .map(|index| facts.verdict(*index, seen));
    let of_needed = needed.map(|verdict| unless_serving(verdict, ReadinessStatus::NotReady));
    let status = worst(std::iter::once(of_service).chain(of_needed));
    (status, reason)
}

/// What one check does to readiness, `when_down` being what its class says of a check that does not serve.
fn unless_serving(verdict: Verdict, when_down: ReadinessStatus) -> ReadinessStatus {
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

/// Why the service itself is not ready: the first that holds, in the order of the words.
fn reason(facts: &Facts, seen: Seen) -> Option<ServiceReason> {
    let is_pending = || {
        let mut asked = facts
            .of_class(Class::Critical, seen)
            .chain(facts.of_class(Class::Degraded, seen));
        asked.any(|verdict| verdict == Verdict::PENDING)
    };
    if facts.draining || seen.draining {
        Some(ServiceReason::Draining)
    } else if facts.broken || seen.broken {
        Some(ServiceReason::Broken)
    } else if facts.stall >= Stall::Stalled {
        Some(ServiceReason::Stalled)
    } else if seen.silent {
        Some(ServiceReason::Stale)
    } else if liveness::judge(facts, seen).0 == LivenessStatus::NotAlive {
        Some(ServiceReason::NotAlive)
    } else if !facts.started || is_pending() {
        Some(ServiceReason::Starting)
    } else {
        None
    }
}

impl Readiness {
    /// The answer for the whole service in full.
    pub(crate) fn new(
        facts: &Facts,
        seen: Seen,
        (status, reason): (ReadinessStatus, Option<ServiceReason>),
    ) -> Readiness {
        Readiness {
            status,
            reason,
            feature: None,
            critical: facts.named(Class::Critical, seen, |_| true),
            degraded: facts.named(Class::Degraded, seen, |_| true),
        }
    }

    /// The answer for a feature in full; `service` is the judgement of the whole service.
    pub(crate) fn of_feature(
        feature: &FeatureFacts,
        facts: &Facts,
        seen: Seen,
        (status, reason): (ReadinessStatus, Option<ServiceReason>),
    ) -> Readiness {
        // Whoever is told that it is not ready is told why, also where it is for the service's sake.
        let explains = |index| {
            status == ReadinessStatus::NotReady
                && reason.is_none()
                && !facts.verdict(index, seen).is_serving()
        };
        let needs = |index| feature.needs.contains(&index);
        Readiness {
            status,
            reason,
            feature: Some(feature.feature.clone()),
            critical: facts.named(Class::Critical, seen, |index| {
                needs(index) || explains(index)
            }),
            degraded: facts.named(Class::Degraded, seen, needs),
        }
    }

    /// The answer for a feature that no check is needed by: it is as ready as the service.
    pub(crate) fn for_feature(&self, feature: Feature) -> Readiness {
        Readiness {
            feature: Some(feature),
            ..self.clone()
        }
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
            feature: Option<&'a Feature>,
            critical: &'a Verdicts,
            degraded: &'a Verdicts,
        }
        Body {
            status: self.status,
            reason: self.reason,
            feature: self.feature.as_ref(),
            critical: &self.critical,
            degraded: &self.degraded,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::status::Reason;
    use crate::judge::facts::tests::facts;

    const HEALTHY: Verdict = Verdict::HEALTHY;
    const DEGRADED: Verdict = Verdict::REPORTED;
    const UNHEALTHY: Verdict = Verdict::unhealthy(Reason::Failed);
    const NOTHING: Seen = Seen {
        silent: false,
        draining: false,
        broken: false,
    };

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
            (Class::Startup, UNHEALTHY, Ready),
        ];
        for (class, verdict, expected) in table {
            let facts = facts(&[(class, verdict, false), (Class::Critical, HEALTHY, false)]);
            assert_eq!(
                judge(&facts, NOTHING),
                (expected, None),
                "{class} {verdict}"
            );
        }
    }

    #[test]
    fn a_readiness_check_that_was_never_asked_means_starting() {
        let starting = (ReadinessStatus::NotReady, Some(ServiceReason::Starting));
        for class in [Class::Critical, Class::Degraded] {
            let facts = facts(&[(class, Verdict::PENDING, false)]);
            assert_eq!(judge(&facts, NOTHING), starting);
        }
        let facts = facts(&[(Class::Liveness, Verdict::PENDING, false)]);
        assert_eq!(judge(&facts, NOTHING), (ReadinessStatus::Ready, None));
    }

    #[test]
    fn what_is_not_alive_is_not_ready() {
        let facts = facts(&[
            (Class::Liveness, UNHEALTHY, false),
            (Class::Critical, HEALTHY, false),
        ]);
        let not_alive = (ReadinessStatus::NotReady, Some(ServiceReason::NotAlive));
        assert_eq!(judge(&facts, NOTHING), not_alive);
    }

    #[test]
    fn the_first_reason_is_the_one_that_is_told() {
        let mut facts = facts(&[(Class::Liveness, UNHEALTHY, false)]);
        facts.started = false;
        facts.draining = true;
        facts.broken = true;
        facts.stall = Stall::Stalled;
        let silent = Seen {
            silent: true,
            ..NOTHING
        };
        let told = |facts: &Facts, seen| judge(facts, seen).1.map(ServiceReason::as_str);
        assert_eq!(told(&facts, silent), Some("draining"));
        facts.draining = false;
        assert_eq!(told(&facts, silent), Some("broken"));
        facts.broken = false;
        assert_eq!(told(&facts, silent), Some("stalled"));
        facts.stall = Stall::Runs;
        assert_eq!(told(&facts, silent), Some("stale"));
        assert_eq!(told(&facts, NOTHING), Some("not_alive"));
        facts.verdicts[0] = HEALTHY;
        assert_eq!(told(&facts, NOTHING), Some("starting"));
        facts.started = true;
        assert_eq!(told(&facts, NOTHING), None);
    }

    #[test]
    fn readers_see_what_the_monitor_has_not_told_yet() {
        let facts = facts(&[]);
        let draining = Seen {
            draining: true,
            ..NOTHING
        };
        let broken = Seen {
            broken: true,
            ..NOTHING
        };
        assert_eq!(judge(&facts, draining).1, Some(ServiceReason::Draining));
        assert_eq!(judge(&facts, broken).1, Some(ServiceReason::Broken));
    }

    #[test]
    fn a_feature_falls_with_what_it_needs_and_with_the_service() {
        use ReadinessStatus::{Degraded, NotReady, Ready};
        type Checks = &'static [(Class, Verdict, bool)];
        const OTHER: bool = false;
        const SEARCH: bool = true;
        let table: [(Checks, _, _); 5] = [
            (&[(Class::Degraded, UNHEALTHY, SEARCH)], Degraded, NotReady),
            (&[(Class::Degraded, DEGRADED, SEARCH)], Degraded, Degraded),
            (
                &[
                    (Class::Degraded, UNHEALTHY, OTHER),
                    (Class::Degraded, HEALTHY, SEARCH),
                ],
                Degraded,
                Ready,
            ),
            (
                &[
                    (Class::Critical, UNHEALTHY, OTHER),
                    (Class::Degraded, HEALTHY, SEARCH),
                ],
                NotReady,
                NotReady,
            ),
            (
                &[
                    (Class::Critical, DEGRADED, OTHER),
                    (Class::Critical, HEALTHY, SEARCH),
                ],
                Degraded,
                Ready,
            ),
        ];
        for (checks, of_service, of_search) in table {
            let facts = facts(checks);
            let service = judge(&facts, NOTHING);
            let search = judge_feature(&facts.checks.features[0], service, &facts, NOTHING);
            assert_eq!((service.0, search.0), (of_service, of_search), "{checks:?}");
        }
    }

    #[test]
    fn a_feature_that_falls_with_the_service_names_what_fails() {
        let facts = facts(&[
            (Class::Critical, UNHEALTHY, false),
            (Class::Critical, HEALTHY, false),
            (Class::Degraded, HEALTHY, true),
        ]);
        let search = &facts.checks.features[0];
        let judged = judge_feature(search, judge(&facts, NOTHING), &facts, NOTHING);
        let answer = Readiness::of_feature(search, &facts, NOTHING, judged);
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"status":"not_ready","feature":"search","critical":{"check_0":{"status":"unhealthy","reason":"failed"}},"degraded":{"check_2":{"status":"healthy"}}}"#
        );
    }

    #[test]
    fn a_feature_that_no_check_needs_is_as_ready_as_the_service() {
        let facts = facts(&[(Class::Critical, UNHEALTHY, false)]);
        let service = Readiness::new(&facts, NOTHING, judge(&facts, NOTHING));
        let browse = service.for_feature(Feature::new("browse"));
        assert_eq!(browse.status, ReadinessStatus::NotReady);
        assert_eq!(browse.feature, Some(Feature::new("browse")));
        assert_eq!(browse.critical, service.critical);
    }

    #[test]
    fn the_json_is_the_contract() {
        let facts = facts(&[
            (Class::Critical, UNHEALTHY, false),
            (Class::Degraded, HEALTHY, false),
        ]);
        let answer = Readiness::new(&facts, NOTHING, judge(&facts, NOTHING));
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(
            json,
            r#"{"status":"not_ready","critical":{"check_0":{"status":"unhealthy","reason":"failed"}},"degraded":{"check_1":{"status":"healthy"}}}"#
        );
        assert_eq!(serde_json::from_str::<Readiness>(&json).unwrap(), answer);
    }

    #[test]
    fn from_a_silent_monitor_nothing_is_known() {
        let facts = facts(&[(Class::Critical, HEALTHY, false)]);
        let silent = Seen {
            silent: true,
            ..NOTHING
        };
        let answer = Readiness::new(&facts, silent, judge(&facts, silent));
        assert_eq!(answer.reason, Some(ServiceReason::Stale));
        assert_eq!(answer.critical["check_0"], Verdict::STALE);
    }
}
