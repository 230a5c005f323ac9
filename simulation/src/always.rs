//! What holds whatever the rules in detail are, judged without the model.
//!
//! It knows what the world did and what was told and answered, nothing else.

use std::time::Duration;

use crate::answers::{Answers, Change, Class, Ready, Reason, Status, Task, Verdict};
use crate::model::{Lived, Schedule};
use crate::script::Service;

#[derive(Debug)]
pub(crate) struct Always {
    checks: Vec<Check>,
    replay: Replay,
    has_drained: bool,
    has_started: bool,
    /// Whether something happened that may rightly fail liveness.
    pub(crate) is_troubled: bool,
    lived: Lived,
    now: Duration,
    /// The clock of the last turn.
    clock: Duration,
    stall_limit: Duration,
    /// How much of the time passed while our own polls held every worker.
    pub(crate) held: Duration,
}

#[derive(Debug)]
struct Check {
    name: &'static str,
    class: Class,
    schedule: Schedule,
    is_plain: bool,
    /// When its run began, in lived time, and how much time was held until then.
    runs: Option<(Duration, Duration)>,
    /// What its runs said since the last turn.
    said: Vec<Status>,
    /// The last run that worked, in lived time.
    worked: Option<Duration>,
    /// Whether every run so far passed, and in time.
    is_innocent: bool,
}

/// The polls of a run that holds little, at most: in their time its own clock runs.
const OWN_POLLS: Duration = Duration::from_millis(2);

/// What the changes so far add up to.
#[derive(Debug)]
struct Replay {
    answers: Answers,
    stalled: bool,
}

impl Always {
    pub(crate) fn new(service: &Service, first: Answers, start: Duration) -> Always {
        Always {
            checks: service
                .checks
                .iter()
                .map(|check| Check {
                    name: check.name,
                    class: check.class,
                    schedule: Schedule::of(check),
                    is_plain: check.is_plain,
                    runs: None,
                    said: Vec::new(),
                    worked: None,
                    is_innocent: true,
                })
                .collect(),
            has_drained: false,
            has_started: first.startup.started,
            replay: Replay {
                answers: first,
                stalled: false,
            },
            // A liveness check that waits for a thread may grow stale.
            is_troubled: service.checks.iter().filter(|check| check.is_plain).count()
                > service.threads,
            lived: Lived::default(),
            now: start,
            clock: start,
            stall_limit: service.stall_limit,
            held: Duration::ZERO,
        }
    }

    /// A run of a check begins. `holds_little`: none of its polls takes long.
    pub(crate) fn begins(
        &mut self,
        check: usize,
        clock: Duration,
        holds_little: bool,
    ) -> Result<(), String> {
        let (now, held) = (self.lived.at(clock), self.held);
        let check = &mut self.checks[check];
        if check.runs.is_some() {
            return Err(format!("two runs of {} at one time", check.name));
        }
        check.runs = Some((now, held));
        check.is_innocent &= holds_little;
        Ok(())
    }

    /// The process stops while a poll of the check's run is in progress, which makes it a long one.
    pub(crate) fn stops_in_poll(&mut self, check: usize) {
        self.checks[check].is_innocent = false;
    }

    /// A run ends, or is dropped.
    pub(crate) fn ends(&mut self, check: usize, clock: Duration, said: Option<Verdict>) {
        let (now, held) = (self.lived.at(clock), self.held);
        let check = &mut self.checks[check];
        let is_late = check.is_late(now, held);
        check.runs = None;
        let status = said.map_or(Status::Unhealthy, |verdict| verdict.status);
        check.said.push(status);
        if status < Status::Unhealthy {
            check.worked = Some(now);
        }
        if status != Status::Healthy || is_late {
            check.is_innocent = false;
            self.is_troubled |= check.class == Class::Liveness;
        }
    }

    /// The monitor had a turn and told these changes.
    pub(crate) fn turn(
        &mut self,
        clock: Duration,
        slept_until: Option<Duration>,
        told: &[Change],
    ) -> Result<(), String> {
        let stood = self.lived.turn(slept_until, clock);
        self.now = self.lived.at(clock);
        self.clock = clock;
        for check in &mut self.checks {
            // How much of a standstill was held is not known here, so nobody is called innocent after it.
            let is_unsure = !stood.is_zero() && !check.is_plain && check.runs.is_some();
            check.is_innocent &= !is_unsure;
            if check.is_late(self.now, self.held) {
                check.is_innocent = false;
                self.is_troubled |= check.class == Class::Liveness;
            }
        }
        for change in told {
            self.replay.take(change)?;
            if let Change::Check { name, from, to, .. } = change {
                self.changes(name, *from, *to)?;
            }
        }
        for check in &mut self.checks {
            check.said.clear();
        }
        Ok(())
    }

    fn changes(&self, name: &str, from: Verdict, to: Verdict) -> Result<(), String> {
        let check = self.checks.iter().find(|check| check.name == name);
        let check = check.ok_or_else(|| format!("{name} is no check"))?;
        let rises = to.status < from.status && to.status != Status::Unhealthy;
        if rises && !check.said.iter().any(|said| *said <= to.status) {
            return Err(format!(
                "{name} rose to {to} without a run that was so good"
            ));
        }
        let is_blamed = to.status == Status::Unhealthy && to.reason != Some(Reason::Stale)
            || to.status == Status::Degraded;
        if is_blamed && check.is_innocent {
            return Err(format!("{name} is {to}, but all its runs passed in time"));
        }
        Ok(())
    }

    /// Everybody asked. `is_quiet`: right after a turn, so that all is told.
    pub(crate) fn answers(
        &mut self,
        answers: &Answers,
        clock: Duration,
        is_quiet: bool,
    ) -> Result<(), String> {
        self.is_troubled |= clock.saturating_sub(self.clock) > self.stall_limit;
        if self.has_started && !answers.startup.started {
            return Err("startup was over, and is not any more".into());
        }
        self.has_started = answers.startup.started;
        let is_draining = answers.readiness.reason == Some(crate::answers::ServiceReason::Draining);
        if self.has_drained && !is_draining {
            return Err("draining was undone".into());
        }
        self.has_drained = is_draining;
        if !answers.liveness.alive && !self.is_troubled {
            return Err("nothing happened that liveness is about, and it fails".into());
        }
        for (name, _) in &answers.liveness.checks {
            let is_of_liveness =
                |check: &Check| check.name == *name && check.class == Class::Liveness;
            if !self.checks.iter().any(is_of_liveness) {
                return Err(format!("{name} has reached liveness"));
            }
        }
        if is_quiet {
            self.replay.agrees_with(answers)?;
            self.ages(answers)?;
        }
        Ok(())
    }

    /// No verdict that works outlives its limit, once for each failure that it survives.
    fn ages(&self, answers: &Answers) -> Result<(), String> {
        let verdicts = answers
            .liveness
            .checks
            .iter()
            .chain(&answers.readiness.critical)
            .chain(&answers.readiness.degraded);
        for (name, verdict) in verdicts {
            let check = self.checks.iter().find(|check| check.name == *name);
            let check = check.ok_or_else(|| format!("{name} is no check"))?;
            if verdict.is_down() {
                continue;
            }
            let worked = check
                .worked
                .ok_or_else(|| format!("{name} is {verdict}, and no run of it ever worked"))?;
            let one = check.schedule.age_limit() + Duration::from_secs(1);
            let failures = u32::try_from(check.schedule.fail_after).expect("a few");
            let age = self.now.saturating_sub(worked);
            if age > one * failures {
                return Err(format!(
                    "{name} is {verdict}, and no run has worked for {age:?}"
                ));
            }
        }
        Ok(())
    }
}

impl Check {
    fn is_late(&self, now: Duration, held: Duration) -> bool {
        self.runs.is_some_and(|(begun, held_then)| {
            let held = if self.is_plain {
                Duration::ZERO
            } else {
                held.saturating_sub(held_then)
            };
            let elapsed = now.saturating_sub(begun);
            // Holds of less than a millisecond are held here and excuse nobody: they are some percent at most.
            elapsed + elapsed / 50 + OWN_POLLS >= self.schedule.timeout + held
        })
    }
}

impl Replay {
    fn take(&mut self, change: &Change) -> Result<(), String> {
        let answers = &mut self.answers;
        let is_in_order = match change {
            Change::Check {
                name,
                class,
                from,
                to,
            } => match class {
                Class::Critical => step(&mut answers.readiness.critical, name, *from, *to),
                Class::Degraded => step(&mut answers.readiness.degraded, name, *from, *to),
                Class::Startup => step(&mut answers.startup.checks, name, *from, *to),
                Class::Liveness => step(&mut answers.liveness.checks, name, *from, *to),
            },
            Change::Heartbeat { name, from, to } => {
                let heartbeats = &mut answers.liveness.heartbeats;
                let place = heartbeats.iter().position(|(of, _)| of == name);
                let was = place.map(|place| heartbeats.remove(place).1);
                heartbeats.extend(to.map(|to| (*name, to)));
                heartbeats.sort_unstable_by_key(|(name, _)| *name);
                was == *from
            }
            Change::Task { name, from, to } => step(&mut answers.startup.tasks, name, *from, *to),
            Change::Startup { started } => {
                std::mem::replace(&mut answers.startup.started, *started) != *started
            }
            Change::Stalled => !std::mem::replace(&mut self.stalled, true),
            Change::Recovered => std::mem::replace(&mut self.stalled, false),
            Change::Draining => true,
            Change::Liveness { from, to, reason } => {
                let was = (answers.liveness.alive, answers.liveness.reason);
                answers.liveness.alive = *to;
                answers.liveness.reason = *reason;
                was.0 == *from && was != (*to, *reason)
            }
            Change::Readiness { from, to, reason } => {
                let was = (answers.readiness.status, answers.readiness.reason);
                answers.readiness.status = *to;
                answers.readiness.reason = *reason;
                was.0 == *from && was != (*to, *reason)
            }
            Change::Feature {
                name,
                from,
                to,
                reason,
            } => {
                let mut features = answers.features.iter_mut();
                features
                    .find(|(of, _)| of == name)
                    .is_some_and(|(_, feature)| {
                        let was = (feature.status, feature.reason);
                        feature.status = *to;
                        feature.reason = *reason;
                        was.0 == *from && was != (*to, *reason)
                    })
            }
        };
        if is_in_order {
            Ok(())
        } else {
            Err(format!(
                "`{change}` does not begin where the last change ended"
            ))
        }
    }

    /// Compares what every change told together with what is answered.
    fn agrees_with(&self, answers: &Answers) -> Result<(), String> {
        let told = &self.answers;
        let liveness = |of: &Answers| (of.liveness.alive, of.liveness.reason);
        let readiness = |of: &Answers| (of.readiness.status, of.readiness.reason);
        let features = |of: &Answers| -> Vec<(&'static str, Ready, _)> {
            let features = of.features.iter();
            features
                .map(|(name, of)| (*name, of.status, of.reason))
                .collect()
        };
        let tasks = |of: &Answers| -> Vec<(&'static str, Task)> { of.startup.tasks.clone() };
        for (what, agrees) in [
            ("liveness", liveness(told) == liveness(answers)),
            ("readiness", readiness(told) == readiness(answers)),
            ("startup", told.startup.started == answers.startup.started),
            ("the features", features(told) == features(answers)),
            ("the tasks", tasks(told) == tasks(answers)),
            (
                "the heartbeats",
                told.liveness.heartbeats == answers.liveness.heartbeats,
            ),
            (
                "the liveness checks",
                told.liveness.checks == answers.liveness.checks,
            ),
            (
                "the critical checks",
                told.readiness.critical == answers.readiness.critical,
            ),
            (
                "the degraded-class checks",
                told.readiness.degraded == answers.readiness.degraded,
            ),
        ] {
            if !agrees {
                return Err(format!(
                    "{what}: the changes told do not add up to the answer"
                ));
            }
        }
        Ok(())
    }
}

/// Steps a named value; false if it was not `from` before.
fn step<T: Copy + PartialEq>(values: &mut [(&str, T)], name: &str, from: T, to: T) -> bool {
    let mut values = values.iter_mut();
    values
        .find(|(of, _)| *of == name)
        .is_some_and(|(_, value)| {
            let was = std::mem::replace(value, to);
            was == from && from != to
        })
}
