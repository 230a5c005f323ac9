//! Not public API: the monitor under a simulated clock, for the package that judges it.
//!
//! One service is one simulated program on one thread, and the clock belongs to the thread.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, simulated};
use crate::health::Health;
use crate::monitor;
use crate::monitor::simulated::Stage;
pub use crate::monitor::simulated::{Ping, Run, World};
use crate::redact;
use crate::start::builder::Builder;
use crate::start::error::StartError;

/// Sets this thread's monotonic clock.
pub fn set_now(since_epoch: Duration) {
    simulated::set_now(since_epoch);
}

/// Sets this thread's wall clock, which may jump.
pub fn set_wall(wall: SystemTime) {
    simulated::set_wall(wall);
}

/// Masks a text as that of a failed run is masked, to measure it.
pub fn redacted(text: &str) -> Arc<str> {
    redact::redacted(text)
}

/// A line that was taken out of the log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// The level of the event.
    pub level: tracing::Level,
    /// The news in words.
    pub message: String,
    /// How many lines were lost before this one.
    pub lost: u64,
}

/// What the monitor did in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// It sleeps until then, unless there is news.
    Wakes(Duration),
    /// It has ended.
    Ended,
}

/// A service whose monitor runs when it is polled.
pub struct Simulated {
    monitor: Option<Pin<Box<dyn Future<Output = monitor::Monitor>>>>,
    health: Option<Health>,
    stage: Stage,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Woken>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Simulated {
    /// Starts a service at the simulated time.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    pub fn start(
        builder: Builder,
        world: Arc<dyn World>,
        threads: usize,
    ) -> Result<Simulated, StartError> {
        let stage = Stage {
            world,
            lines: Arc::default(),
            lost: Arc::default(),
        };
        let place = monitor::Place::Simulated(stage.clone());
        let (monitor, health) = builder.simulated(Clock::Simulated, place, threads)?;
        Ok(Simulated {
            monitor: Some(Box::pin(monitor.run())),
            health: Some(health),
            stage,
            woken: Arc::new(Woken(AtomicBool::new(true))),
        })
    }

    /// Returns the service's handle.
    pub fn health(&self) -> &Health {
        match &self.health {
            Some(health) => health,
            None => unreachable!("the handle is dropped last"),
        }
    }

    /// Returns whether there is news that the monitor has not seen.
    pub fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed)
    }

    /// Gives the monitor a turn.
    pub fn poll(&mut self) -> Poll {
        let Some(monitor) = &mut self.monitor else {
            return Poll::Ended;
        };
        self.woken.0.store(false, Ordering::Relaxed);
        simulated::forget_wakes();
        let waker = Waker::from(Arc::clone(&self.woken));
        if monitor
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            self.monitor = None;
            return Poll::Ended;
        }
        match simulated::wakes() {
            Some(time) => Poll::Wakes(time),
            None => unreachable!("a monitor that waits has set a time"),
        }
    }

    /// Takes lines out of the log.
    pub fn log(&mut self, at_most: usize) -> Vec<Line> {
        let lines = self.stage.lines.lock();
        let mut lines = lines.unwrap_or_else(PoisonError::into_inner);
        let taken = at_most.min(lines.len());
        let mut lost = self.stage.lost.swap(0, Ordering::Relaxed);
        let line = |line: monitor::Line| Line {
            level: line.level(),
            message: line.message(),
            lost: std::mem::take(&mut lost),
        };
        lines.drain(..taken).map(line).collect()
    }

    /// Drops the handle, and gives the monitor its last turn.
    pub fn close(mut self) {
        self.health = None;
        self.poll();
    }
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated").finish_non_exhaustive()
    }
}
