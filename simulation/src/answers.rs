//! The public answers and changes in the model's own words, comparable by `==`.
//!
//! They are written from the rules, not from the core's types, so that a word or a field that is
//! wrong there is not wrong here too.

use std::fmt;

use serde_json::{Map, Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Critical,
    Degraded,
    Startup,
    Liveness,
}

/// Ordered from best to worst, so that "the mildest" is `min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Healthy,
    Degraded,
    Unhealthy,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Failed,
    TimedOut,
    Panicked,
    Stuck,
    Stale,
    Pending,
    Reported,
    Overdue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    pub(crate) reason: Option<Reason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceReason {
    Draining,
    Broken,
    Stalled,
    Stale,
    NotAlive,
    Starting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names, reason = "the words of the answers")]
pub(crate) enum Ready {
    Ready,
    Degraded,
    NotReady,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskStatus {
    Running,
    Complete,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) status: TaskStatus,
    pub(crate) percent: u8,
}

/// Values by name, in the order of the names.
pub(crate) type ByName<T> = Vec<(&'static str, T)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Liveness {
    pub(crate) alive: bool,
    pub(crate) reason: Option<ServiceReason>,
    pub(crate) checks: ByName<Verdict>,
    pub(crate) heartbeats: ByName<Verdict>,
}

/// Of the service or of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Readiness {
    pub(crate) status: Ready,
    pub(crate) reason: Option<ServiceReason>,
    pub(crate) critical: ByName<Verdict>,
    pub(crate) degraded: ByName<Verdict>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Startup {
    pub(crate) started: bool,
    pub(crate) checks: ByName<Verdict>,
    pub(crate) tasks: ByName<Task>,
}

/// All that can be asked at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) liveness: Liveness,
    pub(crate) readiness: Readiness,
    pub(crate) startup: Startup,
    pub(crate) features: ByName<Readiness>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Check {
        name: &'static str,
        class: Class,
        from: Verdict,
        to: Verdict,
    },
    Heartbeat {
        name: &'static str,
        from: Option<Verdict>,
        to: Option<Verdict>,
    },
    Task {
        name: &'static str,
        from: Task,
        to: Task,
    },
    Startup {
        started: bool,
    },
    Stalled,
    Recovered,
    Draining,
    Liveness {
        from: bool,
        to: bool,
        reason: Option<ServiceReason>,
    },
    Readiness {
        from: Ready,
        to: Ready,
        reason: Option<ServiceReason>,
    },
    Feature {
        name: &'static str,
        from: Ready,
        to: Ready,
        reason: Option<ServiceReason>,
    },
}

impl Verdict {
    pub(crate) const HEALTHY: Verdict = Verdict {
        status: Status::Healthy,
        reason: None,
    };
    pub(crate) const PENDING: Verdict = Verdict {
        status: Status::Unknown,
        reason: Some(Reason::Pending),
    };
    pub(crate) const STALE: Verdict = Verdict::unhealthy(Reason::Stale);
    pub(crate) const OVERDUE: Verdict = Verdict::unhealthy(Reason::Overdue);

    pub(crate) const fn unhealthy(reason: Reason) -> Verdict {
        Verdict {
            status: Status::Unhealthy,
            reason: Some(reason),
        }
    }

    /// Unhealthy, or nobody knows.
    pub(crate) fn is_down(self) -> bool {
        matches!(self.status, Status::Unhealthy | Status::Unknown)
    }
}

impl Task {
    pub(crate) const BEGUN: Task = Task {
        status: TaskStatus::Running,
        percent: 0,
    };
}

/// The words of the answers: written here once more, from the documentation.
macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),+ $(,)? })+) => { $(
        impl $name {
            pub(crate) const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    )+ };
}

words! {
    Class { Critical = "critical", Degraded = "degraded", Startup = "startup", Liveness = "liveness" }
    Status { Healthy = "healthy", Degraded = "degraded", Unhealthy = "unhealthy", Unknown = "unknown" }
    Reason {
        Failed = "failed", TimedOut = "timed_out", Panicked = "panicked", Stuck = "stuck",
        Stale = "stale", Pending = "pending", Reported = "reported", Overdue = "overdue",
    }
    ServiceReason {
        Draining = "draining", Broken = "broken", Stalled = "stalled",
        Stale = "stale", NotAlive = "not_alive", Starting = "starting",
    }
    Ready { Ready = "ready", Degraded = "degraded", NotReady = "not_ready" }
    TaskStatus { Running = "running", Complete = "complete", Failed = "failed" }
}

/// The word of liveness's status.
pub(crate) fn alive_word(alive: bool) -> &'static str {
    if alive { "alive" } else { "not_alive" }
}

/// The word of startup's status.
pub(crate) fn started_word(started: bool) -> &'static str {
    if started { "started" } else { "starting" }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)?;
        self.reason
            .map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} %", self.status, self.percent)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let because = |reason: &Option<ServiceReason>| {
            reason.map_or_else(String::new, |reason| format!(" ({reason})"))
        };
        let there_is = |verdict: &Option<Verdict>| {
            verdict.map_or_else(|| "none".to_owned(), |verdict| verdict.to_string())
        };
        match self {
            Change::Check { name, from, to, .. } => write!(f, "{name}: {from} -> {to}"),
            Change::Heartbeat { name, from, to } => {
                write!(
                    f,
                    "heartbeat {name}: {} -> {}",
                    there_is(from),
                    there_is(to)
                )
            }
            Change::Task { name, from, to } => write!(f, "task {name}: {from} -> {to}"),
            Change::Startup { started } => write!(f, "startup: {}", started_word(*started)),
            Change::Stalled => f.write_str("stalled"),
            Change::Recovered => f.write_str("recovered"),
            Change::Draining => f.write_str("draining"),
            Change::Liveness { from, to, reason } => write!(
                f,
                "liveness: {} -> {}{}",
                alive_word(*from),
                alive_word(*to),
                because(reason)
            ),
            Change::Readiness { from, to, reason } => {
                write!(f, "readiness: {from} -> {to}{}", because(reason))
            }
            Change::Feature {
                name,
                from,
                to,
                reason,
            } => write!(f, "feature {name}: {from} -> {to}{}", because(reason)),
        }
    }
}

impl Answers {
    /// Returns the answers as the documentation says that they look in JSON.
    pub(crate) fn json(&self) -> Value {
        json!({
            "liveness": self.liveness.json(),
            "readiness": self.readiness.json(),
            "startup": self.startup.json(),
            "features": object(&self.features, Readiness::json),
        })
    }
}

impl Liveness {
    fn json(&self) -> Value {
        let mut json = head(alive_word(self.alive), self.reason);
        if !self.alive {
            json.insert("checks".into(), object(&self.checks, |of| verdict(*of)));
            json.insert(
                "heartbeats".into(),
                object(&self.heartbeats, |of| verdict(*of)),
            );
        }
        Value::Object(json)
    }
}

impl Readiness {
    fn json(&self) -> Value {
        let mut json = head(self.status.word(), self.reason);
        json.insert("critical".into(), object(&self.critical, |of| verdict(*of)));
        json.insert("degraded".into(), object(&self.degraded, |of| verdict(*of)));
        Value::Object(json)
    }
}

impl Startup {
    fn json(&self) -> Value {
        let mut json = head(started_word(self.started), None);
        if !self.started {
            json.insert("checks".into(), object(&self.checks, |of| verdict(*of)));
            json.insert("tasks".into(), object(&self.tasks, |of| task(*of)));
        }
        Value::Object(json)
    }
}

fn head(status: &str, reason: Option<ServiceReason>) -> Map<String, Value> {
    let mut json = Map::new();
    json.insert("status".into(), status.into());
    if let Some(reason) = reason {
        json.insert("reason".into(), reason.word().into());
    }
    json
}

fn object<T>(values: &ByName<T>, json: impl Fn(&T) -> Value) -> Value {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json(value)))
        .collect::<Map<_, _>>()
        .into()
}

fn verdict(verdict: Verdict) -> Value {
    match verdict.reason {
        Some(reason) => json!({"status": verdict.status.word(), "reason": reason.word()}),
        None => json!({"status": verdict.status.word()}),
    }
}

fn task(task: Task) -> Value {
    json!({"status": task.status.word(), "progress": f64::from(task.percent) / 100.0})
}
