//! When a check is asked, how long it may take, and how old its verdict may become.

use std::time::Duration;

use crate::answers::Class;
use crate::script;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pub(crate) timeout: Duration,
    interval: Duration,
    pub(crate) retry: Duration,
    pub(crate) fail_after: usize,
    pub(crate) pass_after: usize,
}

impl Schedule {
    pub(crate) fn of(check: &script::Check) -> Schedule {
        let is_startup = check.class == Class::Startup;
        let interval = check.interval.unwrap_or(Duration::from_secs(5));
        let default = |secs| {
            let default = Duration::from_secs(secs);
            if is_startup {
                default
            } else {
                default.min(interval)
            }
        };
        let runs =
            |written: Option<u32>, default: usize| written.map_or(default, |runs| runs as usize);
        Schedule {
            timeout: check.timeout.unwrap_or_else(|| default(2)),
            interval,
            retry: check.retry.unwrap_or_else(|| default(1)),
            fail_after: runs(
                check.fail_after,
                if check.class == Class::Liveness { 3 } else { 2 },
            ),
            pass_after: runs(check.pass_after, 1),
        }
    }

    /// Returns how long nothing may be heard of the check before its verdict is stale.
    pub(crate) fn age_limit(&self) -> Duration {
        self.interval.max(self.retry).mul_f64(1.1) + self.timeout + Duration::from_secs(1)
    }

    /// Returns the pause before the next run or the next missed slot.
    ///
    /// The first is a random part of it, so that a fleet that starts together does not stay together.
    pub(crate) fn pause(&self, in_doubt: bool, is_first: bool, random: f64) -> Duration {
        let pause = if in_doubt { self.retry } else { self.interval };
        pause.mul_f64(if is_first { random } else { 0.9 + 0.2 * random })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_follow_doubt_and_chance() {
        let schedule = Schedule {
            timeout: Duration::from_secs(2),
            interval: Duration::from_secs(10),
            retry: Duration::from_secs(1),
            fail_after: 2,
            pass_after: 1,
        };
        for (in_doubt, is_first, random, pause) in [
            (false, false, 0.5, 10_000),
            (false, false, 0.0, 9_000),
            (false, true, 0.25, 2_500),
            (true, false, 0.5, 1_000),
            (true, true, 0.25, 250),
        ] {
            assert_eq!(
                schedule.pause(in_doubt, is_first, random),
                Duration::from_millis(pause),
                "in doubt {in_doubt}, first {is_first}, random {random}"
            );
        }
        assert_eq!(schedule.age_limit(), Duration::from_secs(14));
    }
}
