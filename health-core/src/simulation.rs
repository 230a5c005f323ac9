//! Not public API: the monitor under a simulated clock, for the package that judges it.
//!
//! One service is one simulated program on one thread, and the clock belongs to the thread.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant, SystemTime};

use crate::clock::Clock;
use crate::declare::outcome::Outcome;
use crate::health::Health;
use crate::monitor::{self, End, EndGuard, Polls};
use crate::published::record::RunResult;
use crate::start::builder::Builder;
use crate::start::error::StartError;

/// So many lines wait in the log of a simulated service.
pub(crate) const LOG_CAPACITY: usize = 64;

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static WALL: Cell<SystemTime> = const { Cell::new(SystemTime::UNIX_EPOCH) };
    static WAKES: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Sets this thread's monotonic clock.
pub fn set_now(since_epoch: Duration) {
    NOW.set(since_epoch);
}

/// Sets this thread's wall clock, which may jump.
pub fn set_wall(wall: SystemTime) {
    WALL.set(wall);
}

pub(crate) fn now() -> Instant {
    *EPOCH + NOW.get()
}

pub(crate) fn wall() -> SystemTime {
    WALL.get()
}

pub(crate) async fn sleep_until(instant: Instant) {
    std::future::poll_fn(|_| {
        if now() >= instant {
            return std::task::Poll::Ready(());
        }
        WAKES.set(Some(instant));
        std::task::Poll::Pending
    })
    .await;
}

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
pub struct Ping(monitor::Ping);

impl Ping {
    pub(crate) fn new(ping: monitor::Ping) -> Ping {
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
    pub(crate) lines: Arc<Mutex<VecDeque<monitor::Line>>>,
    pub(crate) lost: Arc<AtomicU64>,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").finish_non_exhaustive()
    }
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
        self.health.as_ref().expect("the handle is dropped last")
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
        WAKES.set(None);
        let waker = Waker::from(Arc::clone(&self.woken));
        if monitor
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            self.monitor = None;
            return Poll::Ended;
        }
        let wakes = WAKES.get().expect("a monitor that waits has set a time");
        Poll::Wakes(wakes.saturating_duration_since(*EPOCH))
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
