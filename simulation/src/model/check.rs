//! Where one check is between two runs, and what is made of the end of each.

use std::time::Duration;

use crate::answers::{Class, Reason, Status, Verdict};
use crate::script;

use super::judge::Judged;
use super::schedule::Schedule;

/// All times are lived.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) class: Class,
    pub(crate) is_plain: bool,
    pub(crate) schedule: Schedule,
    pub(crate) state: State,
    judged: Judged,
    /// The end of the last run, the last timeout or missed slot.
    last: Option<Duration>,
    random: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    Waits {
        due: Duration,
    },
    /// Due, but all threads are at work.
    Queues,
    Runs {
        since: Duration,
    },
    /// Past its deadline and not ended; `slot` is when it would be asked again.
    Overruns {
        slot: Duration,
    },
    /// A startup check that has passed.
    Done,
}

/// After this what was known is old.
const LONG_STANDSTILL: Duration = Duration::from_millis(750);

impl Check {
    pub(crate) fn new(check: &script::Check, start: Duration, random: f64) -> Check {
        Check {
            class: check.class,
            is_plain: check.is_plain,
            schedule: Schedule::of(check),
            state: State::Waits { due: start },
            judged: Judged::NEVER,
            last: None,
            random,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.judged.verdict()
    }

    /// The process stood still for `stood`: who has not been asked for longer than `retry` is asked early.
    pub(crate) fn stood_still(&mut self, stood: Duration, now: Duration) {
        if let Some(last) = self.last
            && stood >= LONG_STANDSTILL
            && now.saturating_sub(last) + stood > self.schedule.retry
        {
            self.is_asked_early(now);
        }
    }

    /// Readers were told that it is stale: it is, until it is asked again, which is soon.
    pub(crate) fn was_told_stale(&mut self, now: Duration) {
        if self.last.is_some() && self.state != State::Done {
            self.judged = Judged::FORGOTTEN;
            self.is_asked_early(now);
        }
    }

    fn is_asked_early(&mut self, now: Duration) {
        if let State::Waits { due } = self.state {
            let early = now + self.schedule.retry.mul_f64(self.random);
            self.state = State::Waits {
                due: due.min(early),
            };
        }
    }

    /// Its run has ended at `end`, after `elapsed` of its own time; the turn that hears of it is at `now`.
    pub(crate) fn ends(&mut self, end: Duration, elapsed: Duration, now: Duration, found: Verdict) {
        match self.state {
            State::Runs { .. } if elapsed <= self.schedule.timeout => {
                let pause = self.find(end, found);
                self.state = if self.class == Class::Startup && found.status == Status::Healthy {
                    State::Done
                } else {
                    State::Waits { due: end + pause }
                };
            }
            State::Runs { .. } => {
                self.overruns(now, Reason::TimedOut);
                self.ends(end, elapsed, now, found);
            }
            State::Overruns { slot } => self.state = State::Waits { due: slot },
            State::Waits { .. } | State::Queues | State::Done => {}
        }
    }

    /// Its run is past its deadline, or a slot was missed for it.
    pub(crate) fn overruns(&mut self, now: Duration, reason: Reason) {
        let pause = self.find(now, Verdict::unhealthy(reason));
        self.state = State::Overruns { slot: now + pause };
    }

    pub(crate) fn grows_stale(&mut self, now: Duration) {
        let is_done = self.state == State::Done;
        if let Some(last) = self.last
            && !is_done
            && now.saturating_sub(last) > self.schedule.age_limit()
        {
            self.judged = Judged::FORGOTTEN;
        }
    }

    /// Counts what was found and returns the pause that follows.
    fn find(&mut self, at: Duration, found: Verdict) -> Duration {
        let is_first = self.last.is_none();
        self.last = Some(at);
        let judged = std::mem::replace(&mut self.judged, Judged::NEVER);
        self.judged = judged.after(found, self.class, &self.schedule);
        self.schedule
            .pause(self.judged.is_in_doubt(), is_first, self.random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Act;

    const FAILED: Verdict = Verdict::unhealthy(Reason::Failed);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Timeout 2 s, interval 5 s, retry 1 s; pauses are exact after the first, which is half.
    fn check(class: Class) -> Check {
        let check = script::Check {
            name: "database",
            class,
            is_plain: false,
            timeout: None,
            interval: None,
            retry: None,
            fail_after: None,
            pass_after: None,
            needed_by: Vec::new(),
            acts: vec![Act::PASSES],
        };
        Check::new(&check, Duration::ZERO, 0.5)
    }

    fn running(class: Class) -> Check {
        Check {
            state: State::Runs { since: ms(0) },
            ..check(class)
        }
    }

    #[test]
    fn an_end_in_time_is_its_outcome_and_a_later_one_is_a_timeout() {
        for (end, elapsed, verdict, due) in [
            (2_000, 2_000, Verdict::HEALTHY, 4_500),
            (9_000, 2_000, Verdict::HEALTHY, 11_500),
            (2_001, 2_001, Verdict::unhealthy(Reason::TimedOut), 2_600),
        ] {
            let mut check = running(Class::Critical);
            check.ends(ms(end), ms(elapsed), ms(2_100), Verdict::HEALTHY);
            assert_eq!(check.verdict(), verdict, "{end}, {elapsed}");
            assert_eq!(
                check.state,
                State::Waits { due: ms(due) },
                "{end}, {elapsed}"
            );
        }
    }

    #[test]
    fn a_run_that_ends_after_it_was_given_up_is_discarded() {
        let mut check = running(Class::Critical);
        check.overruns(ms(2_000), Reason::TimedOut);
        assert_eq!(check.state, State::Overruns { slot: ms(2_500) });
        check.overruns(ms(2_500), Reason::Stuck);
        assert_eq!(check.verdict(), Verdict::unhealthy(Reason::Stuck));
        check.ends(ms(3_000), ms(3_000), ms(3_000), Verdict::HEALTHY);
        assert_eq!(check.verdict(), Verdict::unhealthy(Reason::Stuck));
        assert_eq!(check.state, State::Waits { due: ms(3_500) });
    }

    #[test]
    fn a_verdict_ages_from_the_last_word_of_the_check() {
        // 1.1 * 5 s + 2 s + 1 s.
        let limit = 8_500;
        let mut check = running(Class::Critical);
        check.grows_stale(ms(60_000));
        assert_eq!(check.verdict(), Verdict::PENDING);
        check.ends(ms(100), ms(100), ms(100), Verdict::HEALTHY);
        check.grows_stale(ms(100 + limit));
        assert_eq!(check.verdict(), Verdict::HEALTHY);
        check.grows_stale(ms(100 + limit + 1));
        assert_eq!(check.verdict(), Verdict::STALE);
    }

    #[test]
    fn a_startup_check_that_passed_is_done() {
        let mut check = running(Class::Startup);
        check.ends(ms(100), ms(100), ms(100), FAILED);
        assert_eq!(check.state, State::Waits { due: ms(600) });
        check.state = State::Runs { since: ms(600) };
        check.ends(ms(700), ms(100), ms(700), Verdict::HEALTHY);
        check.grows_stale(ms(1_000_000));
        assert_eq!(
            (check.state, check.verdict()),
            (State::Done, Verdict::HEALTHY)
        );
    }

    #[test]
    fn after_a_standstill_only_who_is_past_its_retry_is_asked_early() {
        for (stood, now, due) in [(800, 200, 2_600), (10_000, 200, 700), (800, 2_500, 2_600)] {
            let mut check = running(Class::Critical);
            check.ends(ms(100), ms(100), ms(100), Verdict::HEALTHY);
            check.stood_still(ms(stood), ms(now));
            assert_eq!(check.state, State::Waits { due: ms(due) }, "{stood}, {now}");
        }
    }
}
