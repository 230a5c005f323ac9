//! Cuts a failing script down to the shortest that still fails in the same way.

use std::time::{Duration, Instant};

use crate::drive;
use crate::script::{Act, Check, Script, Service, What};
use crate::timeline::{Failure, Timeline};

/// Returns the shortest script found within `patience`, and how it fails.
pub(crate) fn shrink(script: Script, failure: Failure, patience: Duration) -> (Script, Failure) {
    let mut shrinker = Shrinker {
        script,
        failure,
        deadline: Instant::now() + patience,
    };
    while shrinker.round() {}
    (shrinker.script, shrinker.failure)
}

struct Shrinker {
    script: Script,
    failure: Failure,
    deadline: Instant,
}

impl Shrinker {
    /// Tries everything once; true if anything helped.
    fn round(&mut self) -> bool {
        let helped = [
            self.end_early(),
            self.drop_happenings(),
            self.drop_checks(),
            self.simplify_service(),
            self.simplify_checks(),
            self.simplify_acts(),
            self.shorten(),
        ];
        helped.contains(&true) && Instant::now() < self.deadline
    }

    /// Keeps a script if it is another one and fails in the same way.
    fn keeps(&mut self, script: Script) -> bool {
        if script == self.script || Instant::now() >= self.deadline {
            return false;
        }
        match drive::run(&script, &mut Timeline::default()) {
            Err(failure) if failure.kind == self.failure.kind => {
                self.script = script;
                self.failure = failure;
                true
            }
            _ => false,
        }
    }

    fn tries(&mut self, change: impl FnOnce(&mut Script)) -> bool {
        let mut script = self.script.clone();
        change(&mut script);
        self.keeps(script)
    }

    fn end_early(&mut self) -> bool {
        let end = self.failure.at + Duration::from_millis(1);
        end < self.script.length
            && self.tries(|script| {
                script.length = end;
                script.happenings.retain(|happening| happening.at < end);
            })
    }

    /// Drops halves, then quarters, and so on to single happenings.
    fn drop_happenings(&mut self) -> bool {
        let mut helped = false;
        let mut size = self.script.happenings.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < self.script.happenings.len() {
                let to = (from + size).min(self.script.happenings.len());
                if self.tries(|script| drop(script.happenings.drain(from..to))) {
                    helped = true;
                } else {
                    from = to;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        helped
    }

    fn drop_checks(&mut self) -> bool {
        let mut helped = false;
        for check in (0..self.script.service.checks.len()).rev() {
            helped |= self.tries(|script| drop(script.service.checks.remove(check)));
        }
        helped
    }

    fn simplify_service(&mut self) -> bool {
        let changes: [fn(&mut Service); 7] = [
            |service| service.tasks = 0,
            |service| service.workers = 1,
            |service| service.threads = 1,
            |service| service.random = 0.5,
            |service| service.asked_always = true,
            |service| service.log_read_always = true,
            |service| service.lag = Duration::ZERO,
        ];
        let mut helped = false;
        for change in changes {
            helped |= self.tries(|script| {
                change(&mut script.service);
                let tasks = script.service.tasks;
                script.happenings.retain(
                    |happening| !matches!(happening.what, What::Task { task, .. } if task >= tasks),
                );
            });
        }
        helped
    }

    fn simplify_checks(&mut self) -> bool {
        let mut helped = false;
        for number in 0..self.script.service.checks.len() {
            let changes: [fn(&mut Check); 9] = [
                |check| check.acts = vec![Act::PASSES],
                |check| check.needed_by.clear(),
                |check| check.needed_by.truncate(1),
                |check| check.pass_after = None,
                |check| check.fail_after = check.fail_after.map(|_| 1),
                |check| check.fail_after = check.fail_after.filter(|runs| *runs > 1),
                |check| check.timeout = None,
                |check| check.retry = None,
                |check| check.interval = None,
            ];
            for change in changes {
                // A timeout may be longer than the interval that is left then.
                helped |= self.tries(|script| {
                    let check = &mut script.service.checks[number];
                    change(check);
                    let interval = check.interval.unwrap_or(Duration::from_secs(5));
                    if check.class != crate::answers::Class::Startup {
                        check.timeout = check.timeout.map(|timeout| timeout.min(interval));
                    }
                    check.retry = check.retry.map(|retry| retry.min(interval));
                });
            }
            for act in (0..self.script.service.checks[number].acts.len()).rev() {
                helped |= self.tries(|script| {
                    let acts = &mut script.service.checks[number].acts;
                    if acts.len() > 1 {
                        acts.remove(act);
                    }
                });
            }
        }
        helped
    }

    fn simplify_acts(&mut self) -> bool {
        let changes: [fn(&mut Act); 6] = [
            |act| {
                *act = Act {
                    times: act.times,
                    ..Act::PASSES
                }
            },
            |act| act.times = 1,
            |act| act.holds = Act::PASSES.holds,
            |act| act.holds_last = false,
            |act| act.waits = Act::PASSES.waits,
            |act| act.heeds = true,
        ];
        let mut helped = false;
        for number in 0..self.script.service.checks.len() {
            for place in 0..self.script.service.checks[number].acts.len() {
                for change in changes {
                    helped |= self.tries(|script| {
                        change(&mut script.service.checks[number].acts[place]);
                    });
                }
            }
        }
        helped
    }

    /// Halves what lasts, and cuts every time to whole milliseconds.
    fn shorten(&mut self) -> bool {
        let mut helped = false;
        for change in [half, whole] {
            for place in 0..self.script.happenings.len() {
                helped |= self.tries(|script| {
                    lasting(&mut script.happenings[place].what, change);
                });
            }
        }
        for place in 0..self.script.happenings.len() {
            helped |= self.tries(|script| {
                script.happenings[place].at = whole(script.happenings[place].at);
                script.happenings.sort_by_key(|happening| happening.at);
            });
        }
        for number in 0..self.script.service.checks.len() {
            helped |= self.tries(|script| {
                let check = &mut script.service.checks[number];
                for option in [&mut check.interval, &mut check.timeout, &mut check.retry] {
                    *option = option.map(whole);
                }
                for act in &mut check.acts {
                    act.waits = whole(act.waits);
                }
            });
        }
        helped
    }
}

fn half(duration: Duration) -> Duration {
    whole(duration / 2)
}

fn whole(duration: Duration) -> Duration {
    let millis = u64::try_from(duration.as_millis()).expect("a script is short");
    Duration::from_millis(millis.max(1))
}

fn lasting(what: &mut What, change: fn(Duration) -> Duration) {
    match what {
        What::Stops(lasting)
        | What::Starves(lasting)
        | What::Slows { lasting, .. }
        | What::TakesWorkers { lasting, .. } => *lasting = change(*lasting),
        What::Beats(beats) => {
            beats.times /= 2;
            beats.max_gap = change(beats.max_gap);
        }
        _ => {}
    }
}
