use std::time::Duration;

use crate::declare::class::Class;

/// What a declaration writes; what it leaves out has a default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// A run past it is a failure, and ended.
    pub(crate) timeout: Option<Duration>,
    /// From the end of a run to the start of the next.
    pub(crate) interval: Option<Duration>,
    /// The same, while the verdict is in doubt or not healthy.
    pub(crate) retry: Option<Duration>,
    /// Worse runs in a row before the verdict falls.
    pub(crate) fail_after: Option<u32>,
    /// Better runs in a row before it rises.
    pub(crate) pass_after: Option<u32>,
}

impl Options {
    /// No option written.
    pub(crate) const NONE: Options = Options {
        timeout: None,
        interval: None,
        retry: None,
        fail_after: None,
        pass_after: None,
    };
}

/// When a check runs, how long it may take, and how many runs change its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) timeout: Duration,
    pub(crate) interval: Duration,
    pub(crate) retry: Duration,
    pub(crate) fail_after: u32,
    pub(crate) pass_after: u32,
}

impl Schedule {
    /// The one place that knows the defaults; or every reason why the options make no schedule.
    pub(crate) fn new(class: Class, options: Options) -> Result<Schedule, Vec<String>> {
        let interval = options.interval.unwrap_or(Duration::from_secs(5));
        let at_most_interval = |limit: Duration| {
            if class == Class::Startup {
                limit
            } else {
                limit.min(interval)
            }
        };
        let schedule = Schedule {
            timeout: options
                .timeout
                .unwrap_or(at_most_interval(Duration::from_secs(2))),
            interval,
            retry: options
                .retry
                .unwrap_or(at_most_interval(Duration::from_secs(1))),
            fail_after: options.fail_after.unwrap_or(match class {
                Class::Critical | Class::Degraded => 2,
                Class::Liveness => 3,
                Class::Startup => 1,
            }),
            pass_after: options.pass_after.unwrap_or(1),
        };
        let wrong = schedule.wrong(class, options);
        if wrong.is_empty() {
            Ok(schedule)
        } else {
            Err(wrong)
        }
    }

    /// Past this after the last run or missed slot, nothing is known any more.
    pub(crate) fn age_limit(&self) -> Duration {
        let pause = self.interval.max(self.retry);
        pause.saturating_mul(11) / 10 + self.timeout + Duration::from_secs(1)
    }

    fn wrong(&self, class: Class, options: Options) -> Vec<String> {
        let mut wrong = Vec::new();
        for (option, value) in [
            ("timeout", self.timeout),
            ("interval", self.interval),
            ("retry", self.retry),
        ] {
            if value.is_zero() {
                wrong.push(format!("`{option}` is zero: it must be longer"));
            }
            if value > LONGEST {
                wrong.push(format!(
                    "`{option}` is longer than 365 days: write a shorter one"
                ));
            }
        }
        for (option, value) in [
            ("fail_after", self.fail_after),
            ("pass_after", self.pass_after),
        ] {
            if value == 0 {
                wrong.push(format!("`{option}` is 0: it must be at least 1"));
            }
        }
        if class == Class::Startup {
            let unused = [
                ("interval", options.interval.is_some()),
                ("fail_after", options.fail_after.is_some()),
                ("pass_after", options.pass_after.is_some()),
            ];
            for (option, _) in unused.into_iter().filter(|(_, written)| *written) {
                wrong.push(format!(
                    "`{option}` has no use: a startup check is asked until it passes once"
                ));
            }
        } else {
            if self.timeout > self.interval {
                wrong.push(
                    "`timeout` is longer than `interval`: write a shorter timeout or a longer interval"
                        .into(),
                );
            }
            if self.retry > self.interval {
                wrong.push(
                    "`retry` is longer than `interval`, and a check in doubt is to be asked sooner, not later: write a shorter retry or a longer interval"
                        .into(),
                );
            }
        }
        wrong
    }
}

/// Keeps sums of times far from overflow.
const LONGEST: Duration = Duration::from_hours(365 * 24);

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "an option's value")]
    const fn ms(ms: u64) -> Option<Duration> {
        Some(Duration::from_millis(ms))
    }

    #[test]
    fn defaults_give_way_to_a_short_interval() {
        let options = Options {
            interval: ms(500),
            ..Options::NONE
        };
        let schedule = Schedule::new(Class::Critical, options).unwrap();
        assert_eq!(Some(schedule.timeout), ms(500));
        assert_eq!(Some(schedule.retry), ms(500));
        let schedule = Schedule::new(Class::Liveness, Options::NONE).unwrap();
        assert_eq!(
            (
                Some(schedule.timeout),
                Some(schedule.retry),
                schedule.fail_after
            ),
            (ms(2000), ms(1000), 3)
        );
    }

    #[test]
    fn a_startup_check_may_take_longer_than_any_interval() {
        let options = Options {
            timeout: ms(60_000),
            ..Options::NONE
        };
        assert_eq!(
            Some(Schedule::new(Class::Startup, options).unwrap().timeout),
            ms(60_000)
        );
    }

    #[test]
    fn no_pause_is_longer_than_the_age_limit() {
        let options = Options {
            retry: ms(20_000),
            ..Options::NONE
        };
        let schedule = Schedule::new(Class::Startup, options).unwrap();
        assert!(schedule.age_limit() > schedule.retry.mul_f64(1.1) + schedule.timeout);
    }

    #[test]
    fn every_mistake_is_named() {
        let options = Options {
            timeout: ms(0),
            fail_after: Some(0),
            ..Options::NONE
        };
        assert_eq!(
            Schedule::new(Class::Critical, options).unwrap_err().len(),
            2
        );
        let options = Options {
            timeout: ms(6000),
            ..Options::NONE
        };
        assert!(
            Schedule::new(Class::Critical, options).unwrap_err()[0]
                .contains("longer than `interval`")
        );
        let options = Options {
            retry: ms(6000),
            ..Options::NONE
        };
        for class in [Class::Critical, Class::Degraded, Class::Liveness] {
            let wrong = Schedule::new(class, options).unwrap_err();
            assert!(wrong[0].starts_with("`retry` is longer than `interval`"));
        }
        assert!(Schedule::new(Class::Startup, options).is_ok());
        let options = Options {
            interval: ms(6000),
            ..Options::NONE
        };
        assert!(Schedule::new(Class::Startup, options).unwrap_err()[0].contains("no use"));
    }
}
