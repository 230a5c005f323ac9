use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_core::Stream;
use serde::Serialize;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, WeakSender};

use crate::declare::class::Class;
use crate::declare::feature::Feature;
use crate::judge::liveness::LivenessStatus;
use crate::judge::readiness::ReadinessStatus;
use crate::judge::startup::StartupStatus;
use crate::judge::task::Task;
use crate::judge::verdict::{ServiceReason, Verdict};

/// A change of a public answer. It holds no error's text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// When it changed: wall time, for display.
    #[serde(serialize_with = "crate::times::rfc3339::known")]
    pub at: SystemTime,
    /// What changed.
    #[serde(flatten)]
    pub kind: ChangeKind,
}

/// What changed.
///
/// As text it is the news in words, such as `database is unhealthy (failed)`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// The verdict of a check, or the reason for it.
    #[non_exhaustive]
    Check {
        /// The check's name.
        name: Arc<str>,
        /// The check's class.
        class: Class,
        /// The verdict before.
        from: Verdict,
        /// The verdict from now on.
        to: Verdict,
    },
    /// The verdict of a heartbeat; `None` where there is no such heartbeat.
    #[non_exhaustive]
    Heartbeat {
        /// The heartbeat's name.
        name: Arc<str>,
        /// The verdict before.
        from: Option<Verdict>,
        /// The verdict from now on.
        to: Option<Verdict>,
    },
    /// A startup task.
    #[non_exhaustive]
    Task {
        /// The task's name.
        name: Arc<str>,
        /// How it stood before.
        from: Task,
        /// How it stands from now on.
        to: Task,
    },
    /// Startup.
    #[non_exhaustive]
    Startup {
        /// The answer before.
        from: StartupStatus,
        /// The answer from now on.
        to: StartupStatus,
    },
    /// The application's runtime has run no task for too long.
    Stalled,
    /// The application's runtime runs tasks again.
    Recovered,
    /// The service has begun to drain.
    Draining,
    /// Liveness, or the reason for it.
    #[non_exhaustive]
    Liveness {
        /// The answer before.
        from: LivenessStatus,
        /// The answer from now on.
        to: LivenessStatus,
        /// Why, when the service itself is why.
        reason: Option<ServiceReason>,
    },
    /// Readiness, or the reason for it.
    #[non_exhaustive]
    Readiness {
        /// The answer before.
        from: ReadinessStatus,
        /// The answer from now on.
        to: ReadinessStatus,
        /// Why, when the service itself is why.
        reason: Option<ServiceReason>,
    },
    /// The readiness of a feature, or the reason for it.
    #[non_exhaustive]
    Feature {
        /// The feature.
        feature: Feature,
        /// The answer before.
        from: ReadinessStatus,
        /// The answer from now on.
        to: ReadinessStatus,
        /// Why, when the service itself is why.
        reason: Option<ServiceReason>,
    },
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let because = |f: &mut fmt::Formatter<'_>, reason: &Option<ServiceReason>| match reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        };
        match self {
            ChangeKind::Check { name, to, .. } => write!(f, "{name} is {to}"),
            ChangeKind::Heartbeat { name, to, .. } => match to {
                Some(to) => write!(f, "heartbeat {name} is {to}"),
                None => write!(f, "heartbeat {name} is finished"),
            },
            ChangeKind::Task { name, to, .. } => write!(
                f,
                "startup task {name} is {}, {:.0} % done",
                to.status,
                to.progress * 100.0
            ),
            ChangeKind::Startup { to, .. } => write!(f, "the service is {to}"),
            ChangeKind::Stalled => f.write_str("the application's runtime is stalled"),
            ChangeKind::Recovered => f.write_str("the application's runtime runs again"),
            ChangeKind::Draining => f.write_str("the service is draining"),
            ChangeKind::Liveness { to, reason, .. } => {
                write!(f, "the service is {to}")?;
                because(f, reason)
            }
            ChangeKind::Readiness { to, reason, .. } => {
                write!(f, "the service is {to}")?;
                because(f, reason)
            }
            ChangeKind::Feature {
                feature,
                to,
                reason,
                ..
            } => {
                write!(f, "{feature} is {to}")?;
                because(f, reason)
            }
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// The changes of all public answers, in order; made by [`Health::subscribe`](crate::Health::subscribe).
///
/// A [`Stream`] that ends when the service's health does. Each change is told after the answers have
/// changed. A reader that is too slow skips changes, and [`missed`](Self::missed) counts them.
///
/// ```
/// use health_core::{ChangeKind, Check, Health, Status};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let disk = Check::critical("disk", || async { std::fs::metadata(".").map(drop) });
/// let health = Health::builder().check(disk).start()?;
/// let mut changes = health.subscribe();
/// let change = changes.next().await.ok_or("the service's health has ended")?;
/// assert_eq!(change.to_string(), "disk is healthy");
/// # Ok(())
/// # }
/// ```
pub struct Changes {
    source: Source,
    missed: u64,
}

enum Source {
    Waiting(Pin<Box<Next>>),
    Idle(Receiver<Arc<Change>>),
    Ended,
}

/// Waits for a change, and gives the receiver back.
type Next = dyn Future<Output = (Received, Receiver<Arc<Change>>)> + Send;

type Received = Result<Arc<Change>, RecvError>;

impl Changes {
    pub(crate) fn new(sender: &WeakSender<Arc<Change>>) -> Changes {
        Changes {
            source: match sender.upgrade() {
                Some(sender) => Source::Idle(sender.subscribe()),
                None => Source::Ended,
            },
            missed: 0,
        }
    }

    /// Waits for the next change. Returns `None` when the service's health has ended.
    ///
    /// Dropping the future loses no change.
    pub async fn next(&mut self) -> Option<Change> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns the next change if there is one already.
    pub fn try_next(&mut self) -> Option<Change> {
        let waker = std::task::Waker::noop();
        if let Source::Idle(receiver) = &mut self.source {
            loop {
                match receiver.try_recv() {
                    Ok(change) => return Some(Arc::unwrap_or_clone(change)),
                    Err(TryRecvError::Lagged(missed)) => self.missed += missed,
                    Err(TryRecvError::Empty) => return None,
                    Err(TryRecvError::Closed) => {
                        self.source = Source::Ended;
                        return None;
                    }
                }
            }
        }
        match Pin::new(self).poll_next(&mut Context::from_waker(waker)) {
            Poll::Ready(change) => change,
            Poll::Pending => None,
        }
    }

    /// Returns how many changes this reader was too slow for, up to now.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

impl Stream for Changes {
    type Item = Change;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Change>> {
        loop {
            match std::mem::replace(&mut self.source, Source::Ended) {
                Source::Ended => return Poll::Ready(None),
                Source::Idle(mut receiver) => {
                    let next = async move { (receiver.recv().await, receiver) };
                    self.source = Source::Waiting(Box::pin(next));
                }
                Source::Waiting(mut next) => match next.as_mut().poll(context) {
                    Poll::Pending => {
                        self.source = Source::Waiting(next);
                        return Poll::Pending;
                    }
                    Poll::Ready((Ok(change), receiver)) => {
                        self.source = Source::Idle(receiver);
                        return Poll::Ready(Some(Arc::unwrap_or_clone(change)));
                    }
                    Poll::Ready((Err(RecvError::Lagged(missed)), receiver)) => {
                        self.missed += missed;
                        self.source = Source::Idle(receiver);
                    }
                    Poll::Ready((Err(RecvError::Closed), _)) => return Poll::Ready(None),
                },
            }
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("missed", &self.missed)
            .finish_non_exhaustive()
    }
}
