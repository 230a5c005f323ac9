use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use tracing::{Dispatch, Level};

use super::run::catch_panic;
use super::watchdog::Watchdog;
use crate::changes::ChangeKind;
use crate::declare::class::Class;
use crate::declare::status::Status;
use crate::judge::liveness::LivenessStatus;
use crate::judge::readiness::ReadinessStatus;
use crate::judge::task::TaskStatus;
use crate::judge::verdict::ServiceReason;

/// One event for the log.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Changed {
        kind: ChangeKind,
        /// What a check or a task failed with.
        error: Option<Arc<str>>,
        /// What keeps the service from being ready, or alive.
        because: Option<String>,
        /// How long it was what it was before.
        lasted: Option<Duration>,
    },
    /// The service is ready for the first time.
    Ready {
        after: Duration,
        checks: usize,
    },
    /// The application declared itself broken.
    Broken(Arc<str>),
    /// The application's runtime has shut down.
    RuntimeGone,
    PanicsAbort,
    Lost(u64),
}

/// Where the monitor puts its lines: it never waits for whoever writes them.
#[derive(Debug)]
pub(crate) struct Log {
    to: To,
    /// Lines for which there was no room, and which were not told of yet.
    lost: Arc<AtomicU64>,
}

enum To {
    /// A thread of its own writes.
    Thread(SyncSender<Box<Line>>),
    /// A test's monitor writes itself: nobody waits for it in real time.
    #[cfg(any(test, feature = "test-util"))]
    Here(Writer),
    #[cfg(feature = "__simulation")]
    Kept(Lines, usize),
}

/// Lines that nobody writes.
#[cfg(feature = "__simulation")]
pub(crate) type Lines = Arc<std::sync::Mutex<std::collections::VecDeque<Line>>>;

impl Log {
    /// Starts the thread that writes the lines, and one that looks after the monitor. Both end with the
    /// monitor.
    pub(crate) fn thread(
        capacity: usize,
        dispatch: Option<Dispatch>,
        watchdog: Watchdog,
    ) -> io::Result<Log> {
        let (sender, lines) = sync_channel(capacity);
        let lost = Arc::new(AtomicU64::new(0));
        let writer = Writer { dispatch };
        let write = {
            let lost = Arc::clone(&lost);
            move || write_all(&writer, &lines, &lost)
        };
        thread::Builder::new()
            .name("health-log".into())
            .spawn(write)?;
        let log = |sender| Log {
            to: To::Thread(sender),
            lost: Arc::clone(&lost),
        };
        // Not by the thread that writes: a log that blocks must not hide a monitor that does not move.
        let watched = log(sender.clone());
        thread::Builder::new()
            .name("health-watch".into())
            .spawn(move || {
                watchdog.watch(|kind| {
                    watched.push(Line::Changed {
                        kind,
                        error: None,
                        because: Some("the monitor does not move".into()),
                        lasted: None,
                    });
                });
            })?;
        Ok(log(sender))
    }

    #[cfg(any(test, feature = "test-util"))]
    pub(crate) fn here(dispatch: Option<Dispatch>) -> Log {
        Log {
            to: To::Here(Writer { dispatch }),
            lost: Arc::default(),
        }
    }

    #[cfg(feature = "__simulation")]
    pub(crate) fn kept(lines: Lines, capacity: usize, lost: Arc<AtomicU64>) -> Log {
        Log {
            to: To::Kept(lines, capacity),
            lost,
        }
    }

    /// Puts a line where it will be written; where there is no room it is lost, and counted.
    pub(crate) fn push(&self, line: Line) {
        let is_full = match &self.to {
            To::Thread(lines) => {
                matches!(lines.try_send(Box::new(line)), Err(TrySendError::Full(_)))
            }
            #[cfg(any(test, feature = "test-util"))]
            To::Here(writer) => {
                writer.write(&line);
                false
            }
            #[cfg(feature = "__simulation")]
            To::Kept(lines, capacity) => {
                let mut lines = lines
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                let is_full = lines.len() >= *capacity;
                if !is_full {
                    lines.push_back(line);
                }
                is_full
            }
        };
        if is_full {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write_all(writer: &Writer, lines: &Receiver<Box<Line>>, lost: &AtomicU64) {
    while let Ok(line) = lines.recv() {
        writer.write(&line);
        match lost.swap(0, Ordering::Relaxed) {
            0 => {}
            lost => writer.write(&Line::Lost(lost)),
        }
    }
}

/// Writes lines through the application's subscriber, whatever that does.
#[derive(Debug)]
struct Writer {
    /// The dispatcher of the service's start; `None` for the global one.
    dispatch: Option<Dispatch>,
}

/// Writes an event whose level is known at run time only.
macro_rules! event {
    ($level:expr, $($event:tt)*) => {
        match $level {
            Level::ERROR => tracing::error!(target: "health_core", $($event)*),
            Level::WARN => tracing::warn!(target: "health_core", $($event)*),
            Level::INFO => tracing::info!(target: "health_core", $($event)*),
            Level::DEBUG => tracing::debug!(target: "health_core", $($event)*),
            Level::TRACE => tracing::trace!(target: "health_core", $($event)*),
        }
    };
}

impl Writer {
    fn write(&self, line: &Line) {
        // The panics of a subscriber must not end whoever writes.
        let _ = catch_panic(|| match &self.dispatch {
            Some(dispatch) => tracing::dispatcher::with_default(dispatch, || write(line)),
            None => write(line),
        });
    }
}

fn write(line: &Line) {
    let level = line.level();
    match line {
        Line::Changed {
            kind,
            error,
            because,
            lasted,
        } => {
            let (error, because) = (error.as_deref(), because.as_deref());
            let after = lasted.map(|lasted| tracing::field::display(rounded(lasted)));
            match kind {
                ChangeKind::Check {
                    name,
                    class,
                    from,
                    to,
                } => {
                    let (from, to) = (display(from), display(to));
                    event!(level, check = &**name, %class, from, to, error, after, "{kind}");
                }
                ChangeKind::Heartbeat { name, from, to } => {
                    let (from, to) = (from.as_ref().map(display), to.as_ref().map(display));
                    event!(level, heartbeat = &**name, from, to, "{kind}");
                }
                ChangeKind::Task { name, to, .. } => {
                    let (status, progress) = (to.status.as_str(), to.progress);
                    event!(level, task = &**name, status, progress, error, "{kind}");
                }
                ChangeKind::Liveness { from, to, reason } => {
                    let (from, to) = (from.as_str(), to.as_str());
                    let reason = reason.map(ServiceReason::as_str);
                    event!(level, from, to, reason, because, "{kind}");
                }
                ChangeKind::Readiness { from, to, reason } => {
                    let (from, to) = (from.as_str(), to.as_str());
                    let reason = reason.map(ServiceReason::as_str);
                    event!(level, from, to, reason, because, "{kind}");
                }
                ChangeKind::Feature {
                    feature,
                    from,
                    to,
                    reason,
                } => {
                    let (from, to) = (from.as_str(), to.as_str());
                    let reason = reason.map(ServiceReason::as_str);
                    event!(level, feature = feature.name(), from, to, reason, "{kind}");
                }
                ChangeKind::Startup { .. }
                | ChangeKind::Stalled
                | ChangeKind::Recovered
                | ChangeKind::Draining => event!(level, "{kind}"),
            }
        }
        Line::Ready { after, checks } => {
            let after = rounded(*after);
            event!(level, %after, checks, "the service is ready after {after}");
        }
        Line::Broken(reason) => {
            event!(level, %reason, "the application declared itself broken");
        }
        Line::RuntimeGone => {
            event!(
                level,
                "the application's runtime has shut down, so no check runs any more"
            );
        }
        Line::PanicsAbort => {
            event!(
                level,
                "panics abort: a check that panics will end the process"
            );
        }
        Line::Lost(lost) => {
            event!(
                level,
                lost,
                "{lost} lines about health are lost: the log is slower than the news"
            );
        }
    }
}

fn display<T: fmt::Display>(value: &T) -> tracing::field::DisplayValue<&T> {
    tracing::field::display(value)
}

/// A time as people say it.
fn rounded(time: Duration) -> humantime::FormattedDuration {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let millis = match millis {
        0..10_000 => millis,
        _ => millis / 1_000 * 1_000,
    };
    humantime::format_duration(Duration::from_millis(millis))
}

impl Line {
    /// Warnings are for what takes an instance out of traffic or gets it restarted, and for what a
    /// person should look at; a deployment makes none.
    pub(crate) fn level(&self) -> Level {
        match self {
            Line::Changed { kind, .. } => match kind {
                ChangeKind::Check {
                    class, from, to, ..
                } => match to.status {
                    Status::Healthy if from.status == Status::Unknown => Level::DEBUG,
                    _ if from.status == to.status => Level::INFO,
                    Status::Healthy | Status::Unknown => Level::INFO,
                    // One that does not pass yet is no worse than before.
                    _ if *class == Class::Startup => Level::INFO,
                    _ => Level::WARN,
                },
                ChangeKind::Heartbeat { from, to, .. } => match (from, to) {
                    (_, Some(to)) if !to.is_healthy() => Level::WARN,
                    (Some(from), Some(_)) if !from.is_healthy() => Level::INFO,
                    _ => Level::DEBUG,
                },
                ChangeKind::Task { from, to, .. } => match to.status {
                    TaskStatus::Failed => Level::ERROR,
                    TaskStatus::Running if from.status == to.status => Level::DEBUG,
                    TaskStatus::Running | TaskStatus::Complete => Level::INFO,
                },
                ChangeKind::Stalled => Level::WARN,
                ChangeKind::Startup { .. } | ChangeKind::Recovered | ChangeKind::Draining => {
                    Level::INFO
                }
                ChangeKind::Liveness { to, .. } => match to {
                    LivenessStatus::Alive => Level::INFO,
                    LivenessStatus::NotAlive => Level::ERROR,
                },
                ChangeKind::Readiness { to, reason, .. } => match (to, reason) {
                    (_, Some(ServiceReason::Draining | ServiceReason::Starting))
                    | (ReadinessStatus::Ready, _) => Level::INFO,
                    _ => Level::WARN,
                },
                // What the whole service is has a line of its own.
                ChangeKind::Feature {
                    reason: Some(_), ..
                } => Level::DEBUG,
                ChangeKind::Feature { to, .. } => match to {
                    ReadinessStatus::Ready => Level::INFO,
                    ReadinessStatus::Degraded | ReadinessStatus::NotReady => Level::WARN,
                },
            },
            Line::Ready { .. } | Line::RuntimeGone => Level::INFO,
            Line::Broken(_) => Level::ERROR,
            Line::PanicsAbort | Line::Lost(_) => Level::WARN,
        }
    }

    /// The news in words.
    #[cfg(feature = "__simulation")]
    pub(crate) fn message(&self) -> String {
        match self {
            Line::Changed { kind, .. } => kind.to_string(),
            Line::Ready { .. } => "the service is ready".into(),
            Line::Broken(_) => "the application declared itself broken".into(),
            Line::RuntimeGone => "the application's runtime has shut down".into(),
            Line::PanicsAbort => "panics abort".into(),
            Line::Lost(lost) => format!("{lost} lines about health are lost"),
        }
    }
}

impl fmt::Debug for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            To::Thread(_) => "Thread",
            #[cfg(any(test, feature = "test-util"))]
            To::Here(_) => "Here",
            #[cfg(feature = "__simulation")]
            To::Kept(..) => "Kept",
        })
    }
}

/// The dispatcher that is current here, unless it is none.
pub(crate) fn current_dispatch() -> Option<Dispatch> {
    let dispatch = tracing::dispatcher::get_default(Dispatch::clone);
    (!dispatch.is::<tracing::subscriber::NoSubscriber>()).then_some(dispatch)
}
