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
                    (Some(_), Some(_)) => Level::INFO,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::feature::Feature;
    use crate::declare::status::Reason;
    use crate::judge::task::Task;
    use crate::judge::verdict::Verdict;

    const FAILED: Verdict = Verdict::unhealthy(Reason::Failed);
    const STUCK: Verdict = Verdict::unhealthy(Reason::Stuck);
    const OVERDUE: Verdict = Verdict::unhealthy(Reason::Overdue);

    fn level(kind: ChangeKind) -> Level {
        let line = Line::Changed {
            kind,
            error: None,
            because: None,
            lasted: None,
        };
        line.level()
    }

    #[test]
    fn a_check_that_falls_is_a_warning_and_one_that_starts_well_is_no_news() {
        let table = [
            (
                Class::Critical,
                Verdict::PENDING,
                Verdict::HEALTHY,
                Level::DEBUG,
            ),
            (Class::Critical, Verdict::PENDING, FAILED, Level::WARN),
            (Class::Critical, Verdict::HEALTHY, FAILED, Level::WARN),
            (Class::Liveness, Verdict::HEALTHY, STUCK, Level::WARN),
            (
                Class::Degraded,
                Verdict::HEALTHY,
                Verdict::REPORTED,
                Level::WARN,
            ),
            (Class::Degraded, Verdict::REPORTED, FAILED, Level::WARN),
            (Class::Critical, FAILED, STUCK, Level::INFO),
            (Class::Critical, FAILED, Verdict::HEALTHY, Level::INFO),
            (Class::Critical, FAILED, Verdict::PENDING, Level::INFO),
            (
                Class::Startup,
                Verdict::PENDING,
                Verdict::HEALTHY,
                Level::DEBUG,
            ),
            (Class::Startup, Verdict::PENDING, FAILED, Level::INFO),
        ];
        for (class, from, to, expected) in table {
            let name = "database".into();
            let kind = ChangeKind::Check {
                name,
                class,
                from,
                to,
            };
            assert_eq!(level(kind), expected, "{class}, from {from} to {to}");
        }
    }

    #[test]
    fn a_heartbeat_that_is_overdue_is_a_warning() {
        let table = [
            (None, Some(Verdict::HEALTHY), Level::DEBUG),
            (Some(Verdict::HEALTHY), Some(OVERDUE), Level::WARN),
            (None, Some(OVERDUE), Level::WARN),
            (Some(OVERDUE), Some(Verdict::HEALTHY), Level::INFO),
            (Some(Verdict::HEALTHY), None, Level::DEBUG),
            (Some(OVERDUE), None, Level::DEBUG),
        ];
        for (from, to, expected) in table {
            let name = "mailer".into();
            let kind = ChangeKind::Heartbeat { name, from, to };
            assert_eq!(level(kind), expected, "from {from:?} to {to:?}");
        }
    }

    #[test]
    fn a_task_that_fails_is_an_error_and_its_progress_is_detail() {
        use TaskStatus::{Complete, Failed, Running};
        let table = [
            (Running, Running, Level::DEBUG),
            (Running, Complete, Level::INFO),
            (Running, Failed, Level::ERROR),
            (Failed, Running, Level::INFO),
            (Complete, Complete, Level::INFO),
        ];
        for (from, to, expected) in table {
            let (name, task) = ("catalog".into(), |status| Task::new(status, 0.5));
            let (from, to) = (task(from), task(to));
            assert_eq!(
                level(ChangeKind::Task { name, from, to }),
                expected,
                "{to:?}"
            );
        }
    }

    #[test]
    fn what_takes_an_instance_out_of_traffic_is_a_warning_and_a_deployment_makes_none() {
        use ReadinessStatus::{Degraded, NotReady, Ready};
        use ServiceReason::{Broken, Draining, Starting};
        let table = [
            (Ready, NotReady, None, Level::WARN, Level::WARN),
            (Ready, NotReady, Some(Broken), Level::WARN, Level::DEBUG),
            (Ready, NotReady, Some(Draining), Level::INFO, Level::DEBUG),
            (
                NotReady,
                NotReady,
                Some(Starting),
                Level::INFO,
                Level::DEBUG,
            ),
            (Ready, Degraded, None, Level::WARN, Level::WARN),
            (NotReady, Ready, None, Level::INFO, Level::INFO),
        ];
        for (from, to, reason, service, of_feature) in table {
            let kind = ChangeKind::Readiness { from, to, reason };
            assert_eq!(level(kind), service, "the service: {to}, {reason:?}");
            let feature = Feature::new("search");
            let kind = ChangeKind::Feature {
                feature,
                from,
                to,
                reason,
            };
            assert_eq!(level(kind), of_feature, "a feature: {to}, {reason:?}");
        }
    }

    #[test]
    fn from_ten_seconds_on_a_time_is_told_in_whole_seconds() {
        for (millis, expected) in [
            (0, "0s"),
            (1_234, "1s 234ms"),
            (9_999, "9s 999ms"),
            (10_000, "10s"),
            (10_999, "10s"),
            (75_500, "1m 15s"),
        ] {
            let told = rounded(Duration::from_millis(millis)).to_string();
            assert_eq!(told, expected, "{millis} ms");
        }
    }

    #[test]
    fn a_service_without_a_subscriber_logs_to_the_one_that_comes() {
        assert!(current_dispatch().is_none());
        let dispatch = Dispatch::new(nothing::Nothing);
        let found = tracing::dispatcher::with_default(&dispatch, current_dispatch);
        assert!(found.is_some_and(|found| found.is::<nothing::Nothing>()));
    }

    /// A subscriber that is there, and writes nothing.
    mod nothing {
        use tracing::span::{Attributes, Id, Record};
        use tracing::{Event, Metadata, Subscriber};

        pub(super) struct Nothing;

        impl Subscriber for Nothing {
            fn enabled(&self, _: &Metadata<'_>) -> bool {
                false
            }

            fn new_span(&self, _: &Attributes<'_>) -> Id {
                Id::from_u64(1)
            }

            fn record(&self, _: &Id, _: &Record<'_>) {}

            fn record_follows_from(&self, _: &Id, _: &Id) {}

            fn event(&self, _: &Event<'_>) {}

            fn enter(&self, _: &Id) {}

            fn exit(&self, _: &Id) {}
        }
    }
}
