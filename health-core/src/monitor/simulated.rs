//! A place where runs do what a script says.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::event::End;
use super::run::{self, EndGuard};
use super::tell::{Lines, Log};
use super::workers::Polls;
use crate::declare::outcome::Outcome;
use crate::published::record::RunResult;

/// So many lines wait in the log of a simulated service.
const LOG_CAPACITY: usize = 64;

/// What is around a simulated service.
pub trait World: Send + Sync + 'static {
    /// The monitor begins a run of this check.
    fn launch(&self, check: &str, run: Run);
    /// The monitor asks the application's runtime to run a task.
    fn ping(&self, ping: Ping);
    /// Returns a random number, at least 0.0 and below 1.0.
    fn random(&self) -> f64;
    /// Returns how many workers the application's runtime has.
    fn workers(&self) -> usize;
}

/// A run that has not ended; dropped, it was cancelled, or had no thread.
#[derive(Debug)]
pub struct Run {
    polls: Option<Arc<Polls>>,
    guard: EndGuard,
    cancelled: Arc<AtomicBool>,
}

impl Run {
    pub(crate) fn new(polls: Option<Arc<Polls>>, guard: EndGuard) -> (Run, Arc<AtomicBool>) {
        let cancelled = Arc::new(AtomicBool::new(false));
        let run = Run {
            polls,
            guard,
            cancelled: Arc::clone(&cancelled),
        };
        (run, cancelled)
    }

    /// Returns whether the monitor has asked it to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Begins a poll, which holds a worker.
    pub fn poll_begins(&self) {
        if let Some(polls) = &self.polls {
            polls.begin(self.guard.now());
        }
    }

    /// Ends the poll.
    pub fn poll_ends(&self) {
        if let Some(polls) = &self.polls
            && polls.end(self.guard.now())
        {
            self.guard.free_worker();
        }
    }

    /// Ends the run.
    pub fn end(mut self, outcome: Outcome) {
        self.guard.tell(End::ByItself(RunResult::new(outcome)));
    }

    /// Ends the run by a panic.
    pub fn panic(mut self, message: &str) {
        self.guard.tell(End::ByItself(RunResult::panicked(message)));
    }
}

/// A task that the runtime has not run yet; dropped, the runtime is gone.
#[derive(Debug)]
pub struct Ping(run::Ping);

impl Ping {
    pub(crate) fn new(ping: run::Ping) -> Ping {
        Ping(ping)
    }

    /// Runs the task.
    pub fn answer(self) {
        self.0.answer();
    }
}

/// What a simulated place is made of.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) world: Arc<dyn World>,
    pub(crate) lines: Lines,
    pub(crate) lost: Arc<AtomicU64>,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").finish_non_exhaustive()
    }
}

impl Stage {
    /// The log of this place, whose lines wait for the script.
    pub(crate) fn log(&self) -> Log {
        Log::kept(
            Arc::clone(&self.lines),
            LOG_CAPACITY,
            Arc::clone(&self.lost),
        )
    }
}
