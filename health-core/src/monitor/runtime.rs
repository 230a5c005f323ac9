use std::time::{Duration, Instant};

use super::launch::Launcher;
use crate::judge::facts::Stall;

/// Watches whether the application's runtime still runs tasks, in lived time.
#[derive(Debug)]
pub(crate) struct RuntimeWatch {
    limit: Duration,
    /// When it was asked to run a task that it has not run yet.
    asked: Option<Instant>,
    stall: Stall,
}

/// An instance whose runtime has run no task for this long gets no traffic.
const STALLED: Duration = Duration::from_secs(3);

impl RuntimeWatch {
    pub(crate) fn new(limit: Duration) -> RuntimeWatch {
        RuntimeWatch {
            limit,
            asked: None,
            stall: Stall::Runs,
        }
    }

    /// Looks at the task that is out, or asks for one; returns how long it has been out.
    ///
    /// While polls of ours hold all workers the stall is charged to their checks, and not to the
    /// application: `last_held` is the last moment in which they did.
    pub(crate) fn look(
        &mut self,
        now: Instant,
        last_held: Option<Instant>,
        launcher: &Launcher,
    ) -> Option<Duration> {
        let Some(asked) = self.asked else {
            self.asked = launcher.ping().then_some(now);
            return None;
        };
        let unexplained_from = last_held.map_or(asked, |held| held.max(asked));
        let out = now.saturating_duration_since(asked);
        self.stall = if now.saturating_duration_since(unexplained_from) > self.limit {
            Stall::Dead
        } else if out > STALLED.min(self.limit) {
            Stall::Stalled
        } else {
            Stall::Runs
        };
        Some(out)
    }

    /// The runtime ran the task that it was asked to; returns when that was.
    pub(crate) fn ran(&mut self) -> Option<Instant> {
        self.stall = Stall::Runs;
        self.asked.take()
    }

    pub(crate) fn stall(&self) -> Stall {
        self.stall
    }
}
