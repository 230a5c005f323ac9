use std::cmp::Ordering;
use std::fmt;
use std::time::SystemTime;

use health_core::{
    CheckReport, Class, FeatureReport, HeartbeatReport, Reason, Report, ServiceReason, Status,
    TaskReport, TaskStatus,
};

use super::grade::Grade;
use super::tone::Tone;

/// One thing that a report speaks of, as a person is told of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    pub(crate) subject: Subject<'a>,
    pub(crate) tone: Tone,
    /// Whether this is how it was when the monitor was last heard of.
    pub(crate) is_past: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    Check(&'a CheckReport),
    Heartbeat(&'a HeartbeatReport),
    Task(&'a TaskReport),
    Feature(&'a FeatureReport),
}

impl Subject<'_> {
    /// What kind of thing it is.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Subject::Check(_) => "check",
            Subject::Heartbeat(_) => "heartbeat",
            Subject::Task(_) => "task",
            Subject::Feature(_) => "feature",
        }
    }

    /// The class of a check, and else what kind of thing it is.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Subject::Check(check) => check.class.as_str(),
            _ => self.kind(),
        }
    }
}

/// What follows for the service from something that is not healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consequence {
    /// The process is to be restarted.
    Restart,
    /// It gets no traffic.
    NoTraffic,
    /// It has not started.
    NotStarted,
    /// It serves, but worse.
    Worse,
}

/// Returns everything that a report speaks of: what is worse first, then what matters more, then what has been so
/// for longer; what is healthy by name.
pub(crate) fn rows(report: &Report) -> Vec<Row<'_>> {
    let is_silent = report.reason == Some(ServiceReason::Stale);
    let now = |name, subject, tone| Row {
        name,
        subject,
        tone,
        is_past: false,
    };
    let judged = |name, subject, tone| Row {
        tone: if is_silent { Tone::Wait } else { tone },
        is_past: is_silent,
        ..now(name, subject, tone)
    };
    let checks = report.checks.iter().map(|(name, check)| {
        let subject = Subject::Check(check);
        match (check.class, Tone::from(check.status)) {
            // What passed once is not asked again; what did not is asked until it does.
            (Class::Startup, Tone::Pass) => now(&**name, subject, Tone::Pass),
            (Class::Startup, Tone::Fail) => judged(name, subject, Tone::Wait),
            (_, tone) => judged(name, subject, tone),
        }
    });
    let heartbeats = report.heartbeats.iter().map(|(name, heartbeat)| {
        let tone = heartbeat.status.into();
        judged(&**name, Subject::Heartbeat(heartbeat), tone)
    });
    let tasks = report
        .tasks
        .iter()
        .map(|(name, task)| now(&**name, Subject::Task(task), task.status.into()));
    let features = report.features.iter().map(|(name, feature)| {
        let tone = match feature.reason {
            Some(ServiceReason::Draining | ServiceReason::Starting) => Tone::Wait,
            _ => Grade::from(feature.status).into(),
        };
        judged(&**name, Subject::Feature(feature), tone)
    });
    let rows = checks.chain(heartbeats).chain(tasks).chain(features);
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(Row::before);
    rows
}

impl Row<'_> {
    pub(crate) fn is_healthy(&self) -> bool {
        self.tone == Tone::Pass
    }

    /// Whether a reader is to see all of it at once. What a feature lacks stands before it.
    pub(crate) fn is_open(&self) -> bool {
        let is_derived = matches!(self.subject, Subject::Feature(_));
        !(self.is_healthy() || self.is_past || is_derived)
    }

    /// Since when it is as it is, as far as that is known.
    pub(crate) fn since(&self) -> Option<SystemTime> {
        match self.subject {
            Subject::Check(check) => check.since,
            Subject::Heartbeat(_) | Subject::Task(_) | Subject::Feature(_) => None,
        }
    }

    /// How it is: why, where there is a reason, since that tells more.
    pub(crate) fn word(&self) -> Words {
        let judged = |status: Status, reason: Option<Reason>| match reason {
            // That it said so itself is told by its message.
            None | Some(Reason::Reported) => status.as_str(),
            Some(reason) => reason.as_str(),
        };
        let word = match self.subject {
            Subject::Check(check) => judged(check.status, check.reason),
            Subject::Heartbeat(heartbeat) => judged(heartbeat.status, heartbeat.reason),
            Subject::Task(task) => task.status.as_str(),
            Subject::Feature(feature) => {
                return Words::of(feature.status.as_str(), feature.reason);
            }
        };
        Words::of(word, None)
    }

    /// What follows from how it is; `None` when it is well, or when nothing of its own follows.
    pub(crate) fn consequence(&self) -> Option<Consequence> {
        match self.subject {
            Subject::Check(check) => match (check.class, check.status) {
                (_, Status::Healthy) | (Class::Liveness, Status::Unknown) => None,
                (Class::Liveness, _) => Some(Consequence::Restart),
                (Class::Startup, _) => Some(Consequence::NotStarted),
                (Class::Critical | Class::Degraded, Status::Degraded) | (Class::Degraded, _) => {
                    Some(Consequence::Worse)
                }
                (Class::Critical, _) => Some(Consequence::NoTraffic),
            },
            Subject::Heartbeat(heartbeat) => {
                let is_alive = matches!(heartbeat.status, Status::Healthy | Status::Unknown);
                (!is_alive).then_some(Consequence::Restart)
            }
            Subject::Task(task) => {
                (task.status != TaskStatus::Complete).then_some(Consequence::NotStarted)
            }
            Subject::Feature(_) => None,
        }
    }

    /// Whether startup waits for it: also for the first run of what readiness needs.
    pub(crate) fn holds_startup(&self) -> bool {
        let is_pending = matches!(self.subject, Subject::Check(check)
            if check.reason == Some(Reason::Pending) && check.class != Class::Liveness);
        is_pending || self.consequence() == Some(Consequence::NotStarted)
    }

    /// What the reader is to meet first.
    fn before(&self, other: &Row<'_>) -> Ordering {
        let place = |row: &Row<'_>| (row.tone, row.weight());
        let since = |row: &Row<'_>| (!row.is_healthy()).then(|| row.since()).flatten();
        place(self)
            .cmp(&place(other))
            .then_with(|| since(self).cmp(&since(other)))
            .then_with(|| self.name.cmp(other.name))
    }

    /// What matters more has less of it.
    fn weight(&self) -> u8 {
        match self.subject {
            Subject::Check(check) => match check.class {
                Class::Liveness => 0,
                Class::Critical => 2,
                Class::Startup => 3,
                Class::Degraded => 5,
            },
            Subject::Heartbeat(_) => 1,
            Subject::Task(_) => 4,
            Subject::Feature(_) => 6,
        }
    }
}

/// A status and the reason for it in words for people, such as `not ready: draining`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    status: &'static str,
    reason: Option<&'static str>,
}

impl Words {
    pub(crate) fn of(status: &'static str, reason: Option<ServiceReason>) -> Words {
        Words {
            status,
            reason: reason.map(ServiceReason::as_str),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_spaced(f, self.status)?;
        match self.reason {
            Some(reason) => {
                f.write_str(": ")?;
                write_spaced(f, reason)
            }
            None => Ok(()),
        }
    }
}

fn write_spaced(f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
    let mut parts = word.split('_');
    f.write_str(parts.next().unwrap_or_default())?;
    parts.try_for_each(|part| write!(f, " {part}"))
}
