use std::error::Error;
use std::fmt;
use std::time::Duration;

use deadpool::Status;
use deadpool::managed::{PoolError, TimeoutType, Timeouts};
use serde::Serialize;

/// How many connections a pool may open.
pub(crate) const SIZE: usize = 8;

/// How long a request waits. No connection is taken from the pool without having answered once more,
/// so that one behind a dead network is thrown away rather than handed out again and again.
pub(crate) const FOR_REQUESTS: Timeouts = Timeouts {
    wait: Some(Duration::from_secs(2)),
    create: Some(Duration::from_secs(2)),
    recycle: Some(Duration::from_millis(300)),
};

/// How long a check waits: less than its deadline, so that it can still say that the pool is exhausted.
pub(crate) const FOR_CHECKS: Timeouts = Timeouts {
    wait: Some(Duration::from_millis(500)),
    ..FOR_REQUESTS
};

/// How long the server may take over one question of a request.
pub(crate) const ANSWER: Duration = Duration::from_secs(5);

/// What a pool looks like: the details of a check.
#[derive(Debug, Serialize)]
pub(crate) struct Connections {
    open: usize,
    idle: usize,
    waiting: usize,
}

impl Connections {
    pub(crate) fn of(status: Status) -> Connections {
        Connections {
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }
}

/// Why a server behind a pool could not be asked.
#[derive(Debug)]
pub(crate) enum Unavailable {
    /// Every connection is in use, and stayed so.
    Exhausted(Status),
    /// No connection could be opened.
    Unreachable(Box<dyn Error + Send + Sync>),
    /// The server did not do what it was asked.
    Refused(Box<dyn Error + Send + Sync>),
    /// The server did not answer in time.
    Silent(Duration),
    /// The server takes no changes.
    ReadOnly,
}

impl Unavailable {
    pub(crate) fn no_connection<E>(error: PoolError<E>, status: Status) -> Unavailable
    where
        E: Error + Send + Sync + 'static,
    {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Unavailable::Exhausted(status),
            PoolError::Backend(error) => Unavailable::Unreachable(error.into()),
            error => Unavailable::Unreachable(error.into()),
        }
    }

    pub(crate) fn refused(error: impl Into<Box<dyn Error + Send + Sync>>) -> Unavailable {
        Unavailable::Refused(error.into())
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Exhausted(pool) => write!(
                f,
                "the pool is exhausted: {} of {} connections are in use and {} wait",
                pool.size - pool.available,
                pool.max_size,
                pool.waiting
            ),
            Unavailable::Unreachable(_) => f.write_str("no connection"),
            Unavailable::Refused(_) => f.write_str("refused"),
            Unavailable::Silent(limit) => write!(f, "no answer within {limit:?}"),
            Unavailable::ReadOnly => f.write_str("it is read-only"),
        }
    }
}

impl Error for Unavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Unavailable::Unreachable(error) | Unavailable::Refused(error) => Some(&**error),
            _ => None,
        }
    }
}
