use std::sync::Arc;
use std::time::Instant;

use crate::heartbeat::HeartbeatCell;
use crate::published::record::RunResult;

/// What the monitor is told from outside.
#[derive(Debug)]
pub(crate) enum Event {
    /// The one run of a slot ended.
    Ended { slot: usize, end: End, at: Instant },
    /// A worker of the application's runtime is free, for which the monitor waits.
    WorkerFree,
    /// There are runs to be woken.
    Woken,
    /// The application's runtime ran a task.
    RuntimeRan { at: Instant },
    /// The application's runtime has shut down.
    RuntimeGone,
    /// There is a new heartbeat.
    Heartbeat(Arc<HeartbeatCell>),
    /// Draining has begun, or the application is broken.
    Latched,
    /// The last handle is gone.
    Closed,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    ByItself(RunResult),
    /// It was dropped before it ended by itself.
    Dropped,
}
