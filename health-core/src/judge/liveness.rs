use serde::{Deserialize, Serialize, Serializer};

use super::facts::{Facts, Seen, Stall};
use super::verdict::{ServiceReason, Verdicts};
use crate::declare::class::Class;
use crate::declare::status::Status;
use crate::words::words;

words! {
    /// Whether a restart would help this process.
    pub enum LivenessStatus {
        /// Leave it alone.
        Alive = "alive",
        /// Restart it.
        NotAlive = "not_alive",
    }
}

/// The public answer to "is this process broken in a way that a restart would mend?".
///
/// Serialises to the JSON of `/health/live`, and can be read from it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Liveness {
    /// The answer.
    pub status: LivenessStatus,
    /// Why, when the service itself is why.
    #[serde(default)]
    pub reason: Option<ServiceReason>,
    /// The `liveness`-class checks. In JSON only where the process is not alive.
    #[serde(default)]
    pub checks: Verdicts,
    /// The heartbeats. In JSON only where the process is not alive.
    #[serde(default)]
    pub heartbeats: Verdicts,
}

/// Judges liveness, from what is local to the process and from nothing else.
pub(crate) fn judge(facts: &Facts, seen: Seen) -> (LivenessStatus, Option<ServiceReason>) {
    let reason = if facts.broken || seen.broken {
        Some(ServiceReason::Broken)
    } else if facts.stall == Stall::Dead {
        Some(ServiceReason::Stalled)
    } else if seen.silent {
        Some(ServiceReason::Stale)
    } else {
        None
    };
    let checks = facts.of_class(Class::Liveness, seen);
    let heartbeats = facts.heartbeats(seen).map(|(_, verdict)| verdict);
    // Unknown is alive: a process is not restarted because nobody has looked yet.
    let is_down = checks
        .chain(heartbeats)
        .any(|verdict| verdict.status == Status::Unhealthy);
    let status = if reason.is_some() || is_down {
        LivenessStatus::NotAlive
    } else {
        LivenessStatus::Alive
    };
    (status, reason)
}

impl Liveness {
    /// The answer in full.
    pub(crate) fn new(
        facts: &Facts,
        seen: Seen,
        (status, reason): (LivenessStatus, Option<ServiceReason>),
    ) -> Liveness {
        Liveness {
            status,
            reason,
            checks: facts.named(Class::Liveness, seen, |_| true),
            heartbeats: Verdicts::from_sorted(facts.heartbeats(seen)),
        }
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
        let is_shown = self.status == LivenessStatus::NotAlive;
        Body {
            status: self.status,
            reason: self.reason,
            checks: is_shown.then_some(&self.checks),
            heartbeats: is_shown.then_some(&self.heartbeats),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::status::Reason;
    use crate::judge::facts::tests::facts;
    use crate::judge::verdict::Verdict;

    const STUCK: Verdict = Verdict::unhealthy(Reason::Stuck);
    const NOTHING: Seen = Seen {
        silent: false,
        draining: false,
        broken: false,
    };

    fn json(facts: &Facts) -> String {
        let answer = Liveness::new(facts, NOTHING, judge(facts, NOTHING));
        serde_json::to_string(&answer).unwrap()
    }

    #[test]
    fn no_check_of_another_class_reaches_liveness() {
        for class in [Class::Critical, Class::Degraded, Class::Startup] {
            let facts = facts(&[(class, STUCK, false)]);
            assert_eq!(judge(&facts, NOTHING).0, LivenessStatus::Alive, "{class}");
        }
        let facts = facts(&[(Class::Liveness, STUCK, false)]);
        assert_eq!(judge(&facts, NOTHING).0, LivenessStatus::NotAlive);
    }

    #[test]
    fn draining_starting_and_unknown_are_alive() {
        let mut facts = facts(&[(Class::Liveness, Verdict::PENDING, false)]);
        facts.started = false;
        facts.draining = true;
        assert_eq!(json(&facts), r#"{"status":"alive"}"#);
    }

    #[test]
    fn broken_stands_before_stalled_before_stale() {
        let mut facts = facts(&[]);
        facts.broken = true;
        facts.stall = Stall::Dead;
        let silent = Seen {
            silent: true,
            ..NOTHING
        };
        assert_eq!(judge(&facts, silent).1, Some(ServiceReason::Broken));
        facts.broken = false;
        assert_eq!(judge(&facts, silent).1, Some(ServiceReason::Stalled));
        facts.stall = Stall::Stalled;
        assert_eq!(judge(&facts, silent).1, Some(ServiceReason::Stale));
        assert_eq!(judge(&facts, NOTHING), (LivenessStatus::Alive, None));
    }

    #[test]
    fn a_dead_process_says_what_killed_it() {
        let facts = facts(&[(Class::Liveness, STUCK, false)]);
        let expected = r#"{"status":"not_alive","checks":{"check_0":{"status":"unhealthy","reason":"stuck"}},"heartbeats":{}}"#;
        assert_eq!(json(&facts), expected);
        let read: Liveness = serde_json::from_str(expected).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), expected);
    }
}
