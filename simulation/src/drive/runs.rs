//! The application's runtime and threads: what the runs of checks do there.

use std::time::Duration;

use super::{Driver, Job, Running, SHORT, START, Stage, Task};
use crate::answers::{Reason, Status, Verdict};
use crate::door;
use crate::model::{News, REPORTED};
use crate::script::{FOREVER, Then};
use crate::timeline::Failure;

impl Driver<'_> {
    pub(super) fn begin(&mut self, begun: Vec<(String, door::Run)>) -> Result<(), Failure> {
        for (name, run) in begun {
            let mut checks = self.script.service.checks.iter();
            let check = checks.position(|check| check.name == name);
            let check = check.expect("the model knows it");
            let number = self.runs_begun[check];
            self.runs_begun[check] += 1;
            self.tally.runs += 1;
            let checks = &self.script.service.checks;
            let (act, is_plain) = (checks[check].act(number), checks[check].is_plain);
            let holds_little = is_plain || act.holds < Duration::from_millis(1);
            let held = self.always.begins(check, self.now, holds_little);
            self.must_hold(held)?;
            self.note(|| format!("    {name}: run {number} begins"));
            self.runs[check] = Some(Running {
                number,
                run,
                act,
                stage: Stage::First,
                is_polled: false,
                is_noticed: false,
                is_to_be_dropped: false,
            });
            if !is_plain {
                if self.runtime_has_ended {
                    self.drop_run(check);
                } else {
                    self.job_soon(Job::IsReady(Task::Poll { check, number }));
                }
            } else if act.then == Then::IsRefused {
                self.job_soon(Job::IsDropped { check, number });
            } else if act.then != Then::Hangs {
                self.job(self.now + act.waits + SHORT, Job::Ends { check, number });
            }
        }
        Ok(())
    }

    pub(super) fn run(&mut self, check: usize, number: u64) -> Option<&mut Running> {
        self.runs[check].as_mut().filter(|run| run.number == number)
    }

    /// Gives free workers to what waits for them, first come first.
    pub(super) fn grant(&mut self) {
        while self.free_workers > 0
            && !self.runtime_has_ended
            && let Some(task) = self.waiting.pop_front()
        {
            match task {
                Task::Poll { check, number } => {
                    if self.run(check, number).is_some() {
                        self.poll(check, number);
                    }
                }
                Task::Ping => {
                    if let Some(ping) = self.pings.pop_front() {
                        ping.answer();
                        self.model.hear(self.now, News::Answered);
                        let at = self.now - START;
                        self.timeline.note_quietly(at, "the ping is answered");
                    }
                }
                Task::Application(lasting) => {
                    self.free_workers -= 1;
                    self.job(self.now + lasting, Job::FreesWorker);
                }
            }
        }
    }

    pub(super) fn poll(&mut self, check: usize, number: u64) {
        let Some(run) = &mut self.runs[check] else {
            return;
        };
        run.run.poll_begins();
        run.is_polled = true;
        let is_long = match run.stage {
            Stage::First => !run.act.holds_last || run.act.waits.is_zero(),
            _ => run.act.holds_last,
        };
        let holds = if is_long { run.act.holds } else { SHORT };
        self.free_workers -= 1;
        self.polled.push(check);
        self.model.hear(self.now, News::PollBegins { check });
        if holds != FOREVER {
            self.job(self.now + holds, Job::PollReturns { check, number });
        }
        let name = self.name(check);
        self.note(|| format!("{name}: a poll of run {number} begins"));
    }

    pub(super) fn poll_returns(&mut self, check: usize, number: u64) {
        let Some(run) = self.run(check, number) else {
            return;
        };
        run.run.poll_ends();
        run.is_polled = false;
        let (act, stage) = (run.act, run.stage);
        let is_to_be_dropped = run.is_to_be_dropped;
        let waits = stage == Stage::First && (!act.waits.is_zero() || act.then == Then::Hangs);
        if waits {
            run.stage = Stage::Waits;
        }
        self.poll_is_over(check);
        let name = self.name(check);
        self.note(|| format!("{name}: the poll of run {number} returns"));
        if is_to_be_dropped {
            self.drop_run(check);
        } else if waits && act.then != Then::Hangs {
            self.job(self.now + act.waits, Job::Wakes { check, number });
        } else if !waits && act.then != Then::Hangs {
            self.end_run(check);
        }
        self.grant();
    }

    pub(super) fn poll_is_over(&mut self, check: usize) {
        self.free_workers += 1;
        self.polled.retain(|polled| *polled != check);
        self.model.hear(self.now, News::PollEnds { check });
    }

    pub(super) fn end_run(&mut self, check: usize) {
        let Some(run) = self.runs[check].take() else {
            return;
        };
        let found = match run.act.then {
            Then::Passes => Verdict::HEALTHY,
            Then::Degrades => REPORTED,
            Then::Panics => Verdict::unhealthy(Reason::Panicked),
            _ => Verdict::unhealthy(Reason::Failed),
        };
        match (found.status, run.act.then) {
            (_, Then::Panics) => run.run.panic("a panic of the script"),
            (Status::Healthy, _) => run.run.end(door::Outcome::passed()),
            (Status::Degraded, _) => run.run.end(door::Outcome::degraded("worse than it should")),
            _ => run
                .run
                .end(door::Outcome::failed("a failure of the script")),
        }
        self.always.ends(check, self.now, Some(found));
        self.model.hear(self.now, News::Ended { check, found });
        let (name, number) = (self.name(check), run.number);
        self.note(|| format!("{name}: run {number} ends, {found}"));
    }

    pub(super) fn drop_run(&mut self, check: usize) {
        let Some(run) = self.runs[check].take() else {
            return;
        };
        let (name, number) = (self.name(check), run.number);
        if run.is_polled {
            self.poll_is_over(check);
            run.run.poll_ends();
        }
        drop(run.run);
        self.always.ends(check, self.now, None);
        self.model.hear(self.now, News::Dropped { check });
        self.note(|| format!("{name}: run {number} is dropped"));
    }

    pub(super) fn drop_pings(&mut self) {
        for ping in self.pings.drain(..) {
            drop(ping);
            self.model.hear(self.now, News::PingDropped);
        }
    }
}
