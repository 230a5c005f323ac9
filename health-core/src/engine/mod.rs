//! Runs the checks: one future over a clock, a source of jitter and a launcher.

mod caught;
mod clock;
mod jitter;
mod launch;
mod phase;
mod publish;
mod record;
mod run;
mod runtime;
mod slot;
mod start;
mod tell;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedReceiver;
use tracing::Dispatch;

pub(crate) use clock::Clock;
pub(crate) use launch::current_runtime;
pub(crate) use record::Record;
pub(crate) use start::{Settings, start};

use crate::board::Board;
use crate::heartbeat::{HeartbeatCell, Watch};
use crate::process;
use crate::snapshot::{Judged, Limits};
use crate::startup::TaskStatus;
use crate::task::SeenTask;
use crate::verdict::Verdict;
use clock::{LivedTime, TICK};
use jitter::Jitter;
use launch::Launcher;
use run::End;
use runtime::RuntimeWatch;
use slot::{RuntimeGone, Slot};

/// What the monitor is told from outside.
#[derive(Debug)]
pub(crate) enum Event {
    /// The one run of a slot ended.
    Ended { slot: usize, end: End, at: Instant },
    /// The application's runtime ran a task.
    RuntimeRan { at: Instant },
    /// The application's runtime has shut down.
    RuntimeGone,
    /// There is a new heartbeat.
    Heartbeat(Arc<HeartbeatCell>),
    /// The application declared itself broken.
    Broken(Arc<str>),
    /// Something on the board changed.
    Look,
    /// The last handle is gone.
    Closed,
}

/// The monitor's state: everything here belongs to its thread alone.
#[derive(Debug)]
pub(crate) struct Engine {
    board: Arc<Board>,
    events: UnboundedReceiver<Event>,
    launcher: Launcher,
    jitter: Jitter,
    clock: Clock,
    time: LivedTime,
    ticked: Instant,
    slots: Vec<Slot>,
    watches: Vec<(Watch, Verdict)>,
    tasks: Vec<SeenTask>,
    runtime: RuntimeWatch,
    process: process::Sampler,
    started: bool,
    broken: Option<Arc<str>>,
    judged: Judged,
    limits: Limits,
    /// The events of a service go where its own went when it started.
    dispatch: Dispatch,
}

/// Nothing is left to watch.
struct Ended;

impl Engine {
    async fn run(mut self) {
        if cfg!(panic = "abort") {
            let told = "panics abort: a check that panics will end the process";
            tell::guarded(
                &self.dispatch,
                || tracing::warn!(target: "health_core", "{told}"),
            );
        }
        while self.turn().await.is_ok() {}
        self.slots.iter().for_each(Slot::cancel);
        self.publish();
        self.board.end();
    }

    /// One turn: do what is due, publish, wait for news or for the next due time.
    async fn turn(&mut self) -> Result<(), Ended> {
        self.on_time();
        self.publish();
        let wakes = self
            .slots
            .iter()
            .filter_map(Slot::wakes)
            .chain([self.ticked + TICK])
            .min();
        let wakes = self.time.on_clock(wakes.unwrap_or(self.ticked + TICK));
        let news = tokio::select! {
            news = self.events.recv() => news,
            () = self.clock.sleep_until(wakes) => None,
        };
        if self.time.pass() {
            let now = self.time.now();
            self.slots.iter_mut().for_each(|slot| slot.ask_soon(now));
        }
        // News before alarms: what ended in time was in time.
        let mut news = news.or_else(|| self.events.try_recv().ok());
        while let Some(event) = news {
            self.on_event(event)?;
            news = self.events.try_recv().ok();
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> Result<(), Ended> {
        match event {
            Event::Ended { slot, end, at } => {
                let ended = self.slots[slot].on_end(end, at, &self.time, &mut self.jitter);
                ended.map_err(|RuntimeGone| self.runtime_gone())?;
            }
            Event::RuntimeRan { at } => self.runtime.ran(self.time.lived(at)),
            Event::RuntimeGone => return Err(self.runtime_gone()),
            Event::Heartbeat(cell) => {
                let watch = Watch::new(cell, self.time.now());
                self.watches.push((watch, Verdict::HEALTHY));
            }
            Event::Broken(reason) => {
                tell::guarded(
                    &self.dispatch,
                    || tracing::error!(target: "health_core", %reason, "the application declared itself broken"),
                );
                self.broken.get_or_insert(reason);
            }
            Event::Look => {}
            Event::Closed => return Err(Ended),
        }
        Ok(())
    }

    /// Without its runtime the application is on its way out.
    fn runtime_gone(&self) -> Ended {
        self.board.drain();
        Ended
    }

    fn on_time(&mut self) {
        let now = self.time.now();
        let held = self.slots.iter().any(Slot::is_polling);
        for slot in &mut self.slots {
            slot.on_time(held, &self.time, &self.launcher, &mut self.jitter);
        }
        if now.saturating_duration_since(self.ticked) >= TICK {
            self.ticked = now;
            self.tasks.iter_mut().for_each(SeenTask::look);
            self.process.sample(now);
            self.runtime.look(now, held, &self.launcher);
        }
        self.watches.retain(|(watch, _)| !watch.cell.is_finished());
        for (watch, verdict) in &mut self.watches {
            *verdict = watch.look(now);
        }
        self.started = self.started || has_started(&self.slots, &self.tasks);
    }
}

/// Whether nothing is left that startup waits for.
fn has_started(slots: &[Slot], tasks: &[SeenTask]) -> bool {
    let checks = slots
        .iter()
        .all(|slot| !slot.is_startup() || slot.is_done());
    checks
        && tasks
            .iter()
            .all(|task| task.seen.status == TaskStatus::Complete)
}
