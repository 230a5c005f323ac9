use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::clock::Clock;
use crate::declare::outcome::Outcome;
use crate::loom::{AtomicU64, Ordering};

/// How many of the last requests failed, as a check: readiness from real traffic.
///
/// A cheap handle: clones record into the same window. Recording takes no lock.
///
/// [`outcome`](Self::outcome) fails while more than `limit` of at least `min_samples` requests failed
/// within the window. Asking changes nothing. To keep a rate near the limit from flapping, give the
/// check `fail_after` and `pass_after`.
///
/// # The class
///
/// Write `degraded`, and name the features that are not to be served meanwhile in `needed_by`. As a
/// `critical` check it prolongs an outage: when a database that all instances share fails, requests
/// fail on every instance, each one leaves traffic, and each stays away until its window has emptied,
/// long after the database is back. `critical` is right where failures are this instance's own, such
/// as a full disk, and others can take over.
///
/// ```standalone_crate
/// use health_core::{ErrorRate, Outcome, health_check};
/// use std::time::Duration;
///
/// /// So many orders fail that somebody should look.
/// #[health_check(degraded)]
/// fn order_errors(errors: &ErrorRate) -> Outcome {
///     errors.outcome()
/// }
///
/// let errors = ErrorRate::new(Duration::from_secs(60)).limit(0.1).min_samples(20);
/// errors.success();
/// errors.failure();
/// assert_eq!(errors.rate().failures, 1);
/// assert_eq!(order_errors(&errors).status(), health_core::Status::Healthy);
/// ```
#[derive(Clone)]
pub struct ErrorRate {
    window: Arc<Window>,
    limit: f64,
    min_samples: u64,
}

/// What a window holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// Requests within the window.
    pub samples: u64,
    /// How many of them failed.
    pub failures: u64,
}

impl ErrorRate {
    /// Creates an error rate over the last `window`, in thirty steps; at least 30 ms.
    ///
    /// The limit is 10 % of at least 20 requests, unless set otherwise. As state of a service it
    /// keeps that service's time, also where a test has paused it: record then on that test's runtime, since
    /// no other thread can read a paused clock.
    pub fn new(window: Duration) -> ErrorRate {
        let step = (window / STEPS).max(Duration::from_millis(1));
        let clock = Clock::ambient();
        let window = Window {
            clock: OnceLock::new(),
            ambient: clock,
            began: clock.now(),
            step_millis: u64::try_from(step.as_millis()).unwrap_or(u64::MAX),
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
        };
        ErrorRate {
            window: Arc::new(window),
            limit: 0.1,
            min_samples: 20,
        }
    }

    /// Sets which part of the requests may fail, from 0.0 to 1.0.
    ///
    /// Any other number makes a check that always fails, and says why.
    #[must_use]
    pub fn limit(self, ratio: f64) -> ErrorRate {
        ErrorRate {
            limit: ratio,
            ..self
        }
    }

    /// Sets how few requests say nothing.
    #[must_use]
    pub fn min_samples(self, requests: u64) -> ErrorRate {
        ErrorRate {
            min_samples: requests,
            ..self
        }
    }

    /// Records a request that succeeded.
    pub fn success(&self) {
        self.window.record(true, self.window.now());
    }

    /// Records a request that failed.
    pub fn failure(&self) {
        self.window.record(false, self.window.now());
    }

    /// Returns what the window holds now.
    pub fn rate(&self) -> Rate {
        self.window.rate(self.window.now())
    }

    /// Returns whether too many requests failed, as a check's outcome with the figures as details.
    pub fn outcome(&self) -> Outcome {
        self.outcome_of(self.rate())
    }

    /// Keeps a service's time from now on; the first service decides.
    #[cfg(feature = "engine")]
    pub(crate) fn keep_time_of(&self, clock: Clock) {
        let _ = self.window.clock.set(clock);
    }

    fn outcome_of(&self, rate: Rate) -> Outcome {
        let limit = self.limit;
        if !(0.0..=1.0).contains(&limit) {
            return Outcome::failed(format!(
                "the limit is {limit}: write a ratio from 0.0 to 1.0"
            ));
        }
        let is_enough = rate.samples > 0 && rate.samples >= self.min_samples;
        let outcome = if is_enough && rate.ratio() > limit {
            let (failures, samples, percent) = (rate.failures, rate.samples, limit * 100.0);
            Outcome::failed(format!(
                "{failures} of {samples} requests failed: the limit is {percent:.1} %"
            ))
        } else {
            Outcome::passed()
        };
        outcome.with_details(rate)
    }
}

impl Rate {
    /// Returns the part that failed, from 0.0 to 1.0; 0.0 of nothing.
    #[allow(
        clippy::cast_precision_loss,
        reason = "a rate of 2^53 requests may be off by one"
    )]
    pub fn ratio(&self) -> f64 {
        if self.samples == 0 {
            0.0
        } else {
            self.failures as f64 / self.samples as f64
        }
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rate = serializer.serialize_struct("Rate", 3)?;
        rate.serialize_field("samples", &self.samples)?;
        rate.serialize_field("failures", &self.failures)?;
        // To a hundredth of a percent: more would only be noise.
        rate.serialize_field("ratio", &((self.ratio() * 1e4).round() / 1e4))?;
        rate.end()
    }
}

impl fmt::Debug for ErrorRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorRate")
            .field("limit", &self.limit)
            .field("rate", &self.rate())
            .finish_non_exhaustive()
    }
}

/// A ring of steps of time. A bucket is one word: which step it counts, successes, failures.
struct Window {
    /// The clock of the service that this is state of.
    clock: OnceLock<Clock>,
    /// The clock until then.
    ambient: Clock,
    began: Instant,
    step_millis: u64,
    buckets: [AtomicU64; STEPS as usize],
}

const STEPS: u32 = 30;
const COUNT_BITS: u32 = 20;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Window {
    /// In milliseconds since the window began.
    fn now(&self) -> u64 {
        let clock = self.clock.get().copied().unwrap_or(self.ambient);
        let age = clock.now().saturating_duration_since(self.began);
        u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
    }

    fn record(&self, succeeded: bool, now: u64) {
        let step = now / self.step_millis;
        let count = |word: u64| {
            let (successes, failures) = match since(word, step) {
                Since::Same => counts(word),
                Since::Older => (0, 0),
                // Whoever recorded this was held up for a whole window: it says nothing of now.
                Since::Newer => return None,
            };
            // A step that is full says enough as it is.
            let (successes, failures) = if succeeded {
                ((successes + 1).min(MOST), failures)
            } else {
                (successes, (failures + 1).min(MOST))
            };
            Some(tag(step) | successes << COUNT_BITS | failures)
        };
        let _ = self
            .bucket(step)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, count);
    }

    fn rate(&self, now: u64) -> Rate {
        let last = now / self.step_millis;
        let first = last.saturating_sub(u64::from(STEPS) - 1);
        let mut rate = Rate {
            samples: 0,
            failures: 0,
        };
        for step in first..=last {
            let word = self.bucket(step).load(Ordering::Relaxed);
            if since(word, step) == Since::Same {
                let (successes, failures) = counts(word);
                rate.samples += successes + failures;
                rate.failures += failures;
            }
        }
        rate
    }

    fn bucket(&self, step: u64) -> &AtomicU64 {
        let index = usize::try_from(step % u64::from(STEPS)).expect("a remainder below 30");
        &self.buckets[index]
    }
}

/// Twenty-four bits of the step: enough to tell it from one of the rounds before.
fn tag(step: u64) -> u64 {
    step << (2 * COUNT_BITS)
}

/// When a bucket was last counted in, seen from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    Same,
    Older,
    Newer,
}

fn since(word: u64, step: u64) -> Since {
    let ahead = (word >> (2 * COUNT_BITS)).wrapping_sub(step) & (u64::MAX >> (2 * COUNT_BITS));
    match ahead {
        0 => Since::Same,
        // Nobody is held up for longer than that between a clock reading and a store.
        1..4_096 if word != 0 => Since::Newer,
        _ => Since::Older,
    }
}

fn counts(word: u64) -> (u64, u64) {
    (word >> COUNT_BITS & MOST, word & MOST)
}

#[cfg(all(test, health_loom))]
mod models {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    #[test]
    fn no_order_of_recorders_loses_a_request_or_mixes_two_steps() {
        loom::model(|| {
            let errors = Arc::new(ErrorRate::new(Duration::from_secs(30)));
            errors.window.record(false, 500);
            // The same bucket, a round later: the old count must go, and no new one with it.
            let other = thread::spawn({
                let errors = Arc::clone(&errors);
                move || errors.window.record(true, 30_500)
            });
            errors.window.record(false, 30_600);
            other.join().unwrap();
            assert_eq!(
                errors.window.rate(30_700),
                Rate {
                    samples: 2,
                    failures: 1
                }
            );
        });
    }
}

#[cfg(all(test, not(health_loom)))]
mod tests {
    use super::*;
    use crate::declare::status::Status;

    fn errors() -> ErrorRate {
        ErrorRate::new(Duration::from_secs(30))
    }

    fn status(errors: &ErrorRate, now: u64) -> Status {
        errors.outcome_of(errors.window.rate(now)).status()
    }

    fn record(errors: &ErrorRate, now: u64, successes: u32, failures: u32) {
        (0..successes).for_each(|_| errors.window.record(true, now));
        (0..failures).for_each(|_| errors.window.record(false, now));
    }

    #[test]
    fn the_window_forgets_step_by_step() {
        let errors = errors();
        record(&errors, 500, 10, 5);
        record(&errors, 20_500, 1, 1);
        assert_eq!(
            errors.window.rate(29_999),
            Rate {
                samples: 17,
                failures: 6
            }
        );
        assert_eq!(
            errors.window.rate(30_000),
            Rate {
                samples: 2,
                failures: 1
            }
        );
        assert_eq!(
            errors.window.rate(90_000),
            Rate {
                samples: 0,
                failures: 0
            }
        );
        record(&errors, 30_500, 1, 0);
        assert_eq!(
            errors.window.rate(30_500),
            Rate {
                samples: 3,
                failures: 1
            },
            "a reused bucket starts anew"
        );
    }

    #[test]
    fn few_requests_say_nothing() {
        let errors = errors();
        record(&errors, 0, 0, 19);
        assert_eq!(status(&errors, 0), Status::Healthy);
        record(&errors, 0, 0, 1);
        assert_eq!(status(&errors, 0), Status::Unhealthy);
    }

    #[test]
    fn asking_changes_nothing_and_without_traffic_there_is_no_evidence() {
        let errors = errors();
        record(&errors, 0, 92, 8);
        for _ in 0..3 {
            assert_eq!(status(&errors, 0), Status::Healthy, "8 % is within 10 %");
        }
        record(&errors, 0, 0, 100);
        assert_eq!(status(&errors, 0), Status::Unhealthy);
        record(&errors, 0, 900, 0);
        assert_eq!(
            status(&errors, 0),
            Status::Healthy,
            "within the limit again"
        );
        record(&errors, 0, 0, 900);
        assert_eq!(status(&errors, 30_000), Status::Healthy, "no traffic");
    }

    #[test]
    fn handles_of_one_window_with_other_limits_judge_for_themselves() {
        let strict = errors();
        let lenient = strict.clone().limit(0.5);
        record(&strict, 0, 70, 30);
        assert_eq!(status(&strict, 0), Status::Unhealthy);
        assert_eq!(status(&lenient, 0), Status::Healthy);
        let percents = strict.clone().limit(10.0);
        assert_eq!(
            status(&percents, 0),
            Status::Unhealthy,
            "percents are refused"
        );
    }

    #[test]
    fn a_recorder_that_was_held_up_wipes_nothing_newer() {
        let errors = errors();
        record(&errors, 30_500, 0, 100);
        record(&errors, 500, 1, 0);
        assert_eq!(errors.window.rate(30_500).failures, 100);
    }

    #[test]
    fn recording_from_many_threads_loses_nothing() {
        let errors = errors();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| record(&errors, 0, 5_000, 5_000));
            }
        });
        assert_eq!(
            errors.window.rate(0),
            Rate {
                samples: 40_000,
                failures: 20_000
            }
        );
    }
}
