//! What the script says.

use std::time::{Duration, SystemTime};

use super::{Driver, Job, Task};
use crate::script::{AfterBeats, Beats, HEARTBEATS, TaskDoes, What};
use crate::timeline::{Failure, Kind};

impl Driver<'_> {
    pub(super) fn happens(&mut self, what: What) -> Result<(), Failure> {
        if !matches!(
            what,
            What::IsAsked | What::SubscriberReads | What::LogIsRead(_)
        ) {
            self.note(|| format!("** {what}"));
        }
        match what {
            What::Stops(lasting) => {
                self.stopped_until = self.now + lasting;
                for check in &self.polled {
                    self.always.stops_in_poll(*check);
                }
            }
            What::Starves(lasting) => {
                self.starved_until = self.now + lasting;
            }
            What::Slows { by, lasting } => self.slow = (self.now + lasting, by),
            What::WallJumps(seconds) => {
                let since = Duration::from_secs(seconds.unsigned_abs());
                let shown = if seconds < 0 {
                    SystemTime::UNIX_EPOCH - since
                } else {
                    SystemTime::UNIX_EPOCH + since
                };
                self.wall = (shown, self.now);
                self.set_now(self.now);
            }
            What::TakesWorkers { workers, lasting } => {
                self.always.is_troubled = true;
                for _ in 0..workers {
                    self.waiting.push_back(Task::Application(lasting));
                }
                self.grant();
            }
            What::Beats(beats) => self.make_heartbeat(beats)?,
            What::Task { task, does } => self.task(task, does),
            What::Drains => {
                self.simulated.health().drain();
                self.model.drain(self.now);
            }
            What::Breaks => {
                self.always.is_troubled = true;
                self.simulated.health().declare_broken("the script says so");
                self.model.declare_broken();
            }
            What::RuntimeEnds => self.end_runtime()?,
            What::IsAsked => self.ask_everything()?,
            What::SubscriberReads => self.read_slowly()?,
            What::LogIsRead(lines) => self.read_log(lines),
            What::IsClosed => unreachable!("the loop ends before"),
        }
        Ok(())
    }

    pub(super) fn make_heartbeat(&mut self, beats: Beats) -> Result<(), Failure> {
        self.always.is_troubled = true;
        let name = HEARTBEATS[beats.heartbeat];
        let made = self.simulated.health().heartbeat(name, beats.max_gap);
        let expected = self
            .model
            .make_heartbeat(beats.heartbeat, beats.max_gap, self.now);
        if made.is_ok() != expected {
            let word = |made: bool| if made { "made" } else { "refused" };
            let (model, core) = (word(expected), word(made.is_ok()));
            return self.fail(Kind::Heartbeat, format!("heartbeat {name}"), model, core);
        }
        if let Ok(heartbeat) = made {
            self.heartbeats[beats.heartbeat] = Some(heartbeat);
            self.job(self.now + beats.every, Job::Beats { beats, nth: 0 });
        }
        Ok(())
    }

    pub(super) fn beats(&mut self, beats: Beats, nth: u32) {
        let number = beats.heartbeat;
        let name = HEARTBEATS[number];
        let Some(heartbeat) = self.heartbeats[number].take() else {
            return;
        };
        if nth < beats.times {
            heartbeat.beat();
            self.model.beat(number, self.now);
            self.heartbeats[number] = Some(heartbeat);
            let nth = nth + 1;
            self.job(self.now + beats.every, Job::Beats { beats, nth });
            return;
        }
        match beats.then {
            AfterBeats::IsSilent => self.heartbeats[number] = Some(heartbeat),
            AfterBeats::Finishes => {
                heartbeat.finish();
                self.model.finish_heartbeat(number);
                self.note(|| format!("heartbeat {name} finishes"));
            }
            AfterBeats::IsDropped => {
                drop(heartbeat);
                self.model.drop_heartbeat(number, self.now);
                self.note(|| format!("heartbeat {name} is dropped"));
            }
        }
    }

    pub(super) fn task(&mut self, number: usize, does: TaskDoes) {
        let Some(task) = self.tasks[number].take() else {
            return;
        };
        match does {
            TaskDoes::Progresses(done) => {
                task.progress(done);
                self.tasks[number] = Some(task);
            }
            TaskDoes::Completes => task.complete(),
            TaskDoes::Fails => task.fail("a failure of the script"),
            TaskDoes::IsDropped => drop(task),
        }
        self.model.task(number, does);
    }

    pub(super) fn end_runtime(&mut self) -> Result<(), Failure> {
        if self.runtime_has_ended {
            return Ok(());
        }
        // What came before is judged before: of what comes with the end nothing is told.
        if !self.monitor_has_ended {
            self.turn()?;
            self.set_now(self.now + Duration::from_micros(1));
        }
        self.runtime_has_ended = true;
        self.waiting.clear();
        for check in 0..self.runs.len() {
            if !self.is_plain(check) {
                self.drop_run(check);
            }
        }
        self.drop_pings();
        Ok(())
    }
}
