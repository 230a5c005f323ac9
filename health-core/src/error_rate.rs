use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::Outcome;
use crate::sync::{AtomicU64, Ordering};

/// How many of the last requests failed, as a check: readiness from real traffic.
///
/// A cheap handle: clones record into the same window. Recording takes no lock.
///
/// It fails when more than `limit` of at least `min_samples` requests failed within the window, and
/// passes again at half the limit. An instance that gets no traffic any more passes once the window
/// has emptied, so it can come back.
///
/// ```standalone_crate
/// use health_core::{ErrorRate, Outcome, health_check};
/// use std::time::Duration;
///
/// /// So many orders fail that another instance does better.
/// #[health_check(critical)]
/// fn order_errors(errors: &ErrorRate) -> Outcome {
///     errors.outcome()
/// }
///
/// let errors = ErrorRate::over(Duration::from_secs(60)).limit(0.1).min_samples(20);
/// errors.record(true);
/// assert_eq!(errors.rate().samples, 1);
/// ```
#[derive(Clone)]
pub struct ErrorRate {
    window: Arc<Window>,
    limit: f64,
    min_samples: u64,
    /// Whether it failed when it was last asked; of clones with this limit.
    tripped: Arc<AtomicBool>,
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
    /// Looks back over `window`, in thirty steps; at least 30 ms. The limit is 10 % of at least 20 requests.
    pub fn over(window: Duration) -> ErrorRate {
        let step = (window / STEPS).max(Duration::from_millis(1));
        let window = Window {
            began: Instant::now(),
            step_millis: u64::try_from(step.as_millis()).unwrap_or(u64::MAX),
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
        };
        ErrorRate {
            window: Arc::new(window),
            limit: 0.1,
            min_samples: 20,
            tripped: Arc::default(),
        }
    }

    /// Sets which part of the requests may fail, from 0.0 to 1.0, for this handle and its clones to come.
    ///
    /// Any other number makes a check that always fails, and says why.
    #[must_use]
    pub fn limit(self, part: f64) -> ErrorRate {
        ErrorRate {
            limit: part,
            tripped: Arc::default(),
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

    /// Records the end of one request.
    pub fn record(&self, succeeded: bool) {
        self.window.record(succeeded, self.window.now());
    }

    /// Returns what the window holds now.
    pub fn rate(&self) -> Rate {
        self.window.rate(self.window.now())
    }

    /// Says as a check's outcome whether too many failed, with the figures as details.
    pub fn outcome(&self) -> Outcome {
        self.outcome_of(self.rate())
    }

    fn outcome_of(&self, rate: Rate) -> Outcome {
        if !(0.0..=1.0).contains(&self.limit) {
            let limit = self.limit;
            return Outcome::failed(format!(
                "the limit is {limit}: write a part from 0.0 to 1.0"
            ));
        }
        let recovers_at = self.limit / 2.0;
        let tripped = self.tripped.load(Ordering::Relaxed);
        let limit = if tripped { recovers_at } else { self.limit };
        let fails = rate.samples > 0 && rate.samples >= self.min_samples && rate.part() > limit;
        self.tripped.store(fails, Ordering::Relaxed);
        let outcome = if fails {
            let (failures, samples) = (rate.failures, rate.samples);
            let (limit, recovers_at) = (self.limit * 100.0, recovers_at * 100.0);
            Outcome::failed(format!(
                "{failures} of {samples} requests failed: the limit is {limit:.1} %, and it passes again at {recovers_at:.1} %"
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
    pub fn part(&self) -> f64 {
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
        rate.serialize_field("rate", &self.part())?;
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
    began: Instant,
    step_millis: u64,
    buckets: [AtomicU64; STEPS as usize],
}

const STEPS: u32 = 30;
const COUNT_BITS: u32 = 24;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Window {
    /// In milliseconds since the window began.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn record(&self, succeeded: bool, now: u64) {
        let step = now / self.step_millis;
        let count = |word: u64| {
            let (successes, failures) = if of_step(word, step) {
                counts(word)
            } else {
                (0, 0)
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
            if of_step(word, step) {
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

/// Sixteen bits of the step: enough to tell it from one of the rounds before.
fn tag(step: u64) -> u64 {
    step << (2 * COUNT_BITS)
}

fn of_step(word: u64, step: u64) -> bool {
    word >> (2 * COUNT_BITS) == tag(step) >> (2 * COUNT_BITS)
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
            let errors = Arc::new(ErrorRate::over(Duration::from_secs(30)));
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
    use crate::declare::outcome::Level;

    fn errors() -> ErrorRate {
        ErrorRate::over(Duration::from_secs(30))
    }

    fn level(errors: &ErrorRate, now: u64) -> Level {
        errors.outcome_of(errors.window.rate(now)).level
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
        assert_eq!(level(&errors, 0), Level::Healthy);
        record(&errors, 0, 0, 1);
        assert_eq!(level(&errors, 0), Level::Unhealthy);
    }

    #[test]
    fn it_recovers_at_half_the_limit_or_without_traffic() {
        let errors = errors();
        record(&errors, 0, 88, 12);
        assert_eq!(level(&errors, 0), Level::Unhealthy);
        record(&errors, 0, 100, 0);
        assert_eq!(
            level(&errors, 0),
            Level::Unhealthy,
            "6 % is above half of 10 %"
        );
        record(&errors, 0, 100, 0);
        assert_eq!(level(&errors, 0), Level::Healthy);
        record(&errors, 0, 0, 100);
        assert_eq!(level(&errors, 0), Level::Unhealthy);
        assert_eq!(
            level(&errors, 30_000),
            Level::Healthy,
            "no traffic, no evidence"
        );
    }

    #[test]
    fn handles_of_one_window_with_other_limits_judge_for_themselves() {
        let strict = errors();
        let lenient = strict.clone().limit(0.5);
        record(&strict, 0, 70, 30);
        assert_eq!(level(&strict, 0), Level::Unhealthy);
        assert_eq!(level(&lenient, 0), Level::Healthy);
        assert_eq!(
            level(&strict.clone().limit(10.0), 0),
            Level::Unhealthy,
            "percents are refused"
        );
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
