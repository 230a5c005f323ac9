//! The private answer, and what it is made of.

pub(crate) mod check;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize, Serializer};

use crate::changes::Change;
use crate::declare::class::Class;
use crate::declare::status::{Reason, Status};
use crate::judge::facts::Seen;
use crate::judge::liveness::LivenessStatus;
use crate::judge::readiness::ReadinessStatus;
use crate::judge::startup::StartupStatus;
use crate::judge::task::TaskStatus;
use crate::judge::verdict::{ServiceReason, Verdict};
use crate::published::process::ProcessReport;
use crate::published::{Published, Question};
use crate::times::{known_millis, millis, rfc3339, seconds, whole_millis};
use check::CheckReport;

/// The private answer: everything that is known, for the people who run the service.
///
/// Serialises to the JSON of `/health/deep`, and can be read from it. What is not known yet is `None`,
/// and `null` in JSON.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Whether this instance should get traffic. In JSON `status`, and `ready` again.
    #[serde(rename = "status")]
    pub readiness: ReadinessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
    /// Whether a restart would help. In JSON `live`.
    #[serde(rename = "live")]
    pub liveness: LivenessStatus,
    /// Why, when the service itself is why. Not in the JSON.
    #[serde(skip)]
    pub liveness_reason: Option<ServiceReason>,
    /// Whether the service has started.
    pub startup: StartupStatus,
    /// What the application declared itself broken with.
    pub broken: Option<Arc<str>>,
    /// The service's name.
    pub service: Arc<str>,
    /// The name of the machine or pod.
    pub instance: Option<Arc<str>>,
    /// The version given to the builder.
    pub version: Option<Arc<str>>,
    /// When this report was made: wall time. In JSON UTC, RFC 3339 with milliseconds.
    #[serde(with = "rfc3339")]
    pub at: Option<SystemTime>,
    /// How long ago the service was started. In JSON `uptime_seconds`.
    #[serde(rename = "uptime_seconds", with = "seconds")]
    pub uptime: Duration,
    /// Every check, by name.
    pub checks: BTreeMap<Arc<str>, CheckReport>,
    /// The readiness of every feature that a check is needed by.
    pub features: BTreeMap<Arc<str>, FeatureReport>,
    /// Every heartbeat, by name.
    pub heartbeats: BTreeMap<Arc<str>, HeartbeatReport>,
    /// Every startup task, by name.
    pub tasks: BTreeMap<Arc<str>, TaskReport>,
    /// The last changes of public answers, oldest first, at most 50; without first passes, and the progress of
    /// tasks. Not in the JSON.
    #[serde(skip)]
    pub changes: Vec<Arc<Change>>,
    /// The monitor, which keeps every deadline.
    pub monitor: MonitorReport,
    /// The application's runtime.
    pub runtime: RuntimeReport,
    /// This process.
    pub process: ProcessReport,
}

/// The readiness of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeatureReport {
    /// Whether this instance should get traffic for it.
    pub status: ReadinessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
}

/// Everything that is known of one heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeartbeatReport {
    /// What it is held to be.
    pub status: Status,
    /// Why, when it is not healthy.
    pub reason: Option<Reason>,
    /// How long ago the last beat was. In JSON `age_ms`.
    #[serde(rename = "age_ms", with = "known_millis")]
    pub age: Duration,
    /// The longest gap allowed. In JSON `max_gap_ms`.
    #[serde(rename = "max_gap_ms", with = "known_millis")]
    pub max_gap: Duration,
}

/// Everything that is known of one startup task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskReport {
    /// How it stands.
    pub status: TaskStatus,
    /// How much of it is done, from 0.0 to 1.0.
    pub progress: f64,
    /// What it failed with, if it did.
    pub error: Option<Arc<str>>,
}

/// The monitor, as its readers see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MonitorReport {
    /// How long ago it last moved; `None` when it has ended. In JSON `age_ms`.
    #[serde(rename = "age_ms", with = "whole_millis")]
    pub age: Option<Duration>,
}

/// What the monitor sees of the application's runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuntimeReport {
    /// How long the runtime lately took to run a task; `None` without a runtime. In JSON `lag_ms`.
    #[serde(rename = "lag_ms", with = "millis")]
    pub lag: Option<Duration>,
}

impl Report {
    /// Puts together what is known at this moment. A silent monitor is told at once.
    pub(crate) fn new(published: &Published) -> Report {
        let snapshot = published.snapshot();
        let seen = published.seen_at_once(Question::Readiness);
        let facts = &snapshot.facts;
        let judged = &snapshot.view(seen).judged;
        let seen_by_liveness = published.seen_at_once(Question::Liveness);
        let (now, at) = (published.now(), published.clock.wall());
        let (readiness, reason) = judged.readiness;
        let (liveness, liveness_reason) = snapshot.view(seen_by_liveness).judged.liveness;
        let checks = facts.checks.list.iter().enumerate();
        let checks = checks.map(|(index, check)| {
            let seen = match check.class {
                Class::Liveness => seen_by_liveness,
                Class::Critical | Class::Degraded | Class::Startup => seen,
            };
            let verdict = facts.verdict(index, seen);
            let record = published.record(index).clone();
            // Where only its readers know that the monitor is silent, nobody wrote down since when.
            let is_news = verdict != facts.verdict(index, Seen::default());
            let silent_since = at.checked_sub(published.silent_for().unwrap_or_default());
            let silent_since = silent_since.filter(|_| is_news);
            let report = CheckReport::new(check, verdict, &record, now, silent_since);
            (Arc::clone(&check.name), report)
        });
        let features = facts.checks.features.iter().zip(&judged.features);
        let features = features.map(|(feature, (status, reason))| {
            let report = FeatureReport {
                status: *status,
                reason: *reason,
            };
            (feature.feature.name().into(), report)
        });
        let tasks = published.tasks.iter().map(|cell| {
            let task = cell.task();
            let report = TaskReport {
                status: task.status,
                progress: task.progress,
                error: cell.error(),
            };
            (Arc::clone(&cell.name), report)
        });
        Report {
            readiness,
            reason,
            liveness,
            liveness_reason,
            startup: judged.startup,
            broken: published.broken().cloned(),
            service: Arc::clone(&published.identity.service),
            instance: published.identity.instance.clone(),
            version: published.identity.version.clone(),
            at: Some(at),
            uptime: now.saturating_duration_since(published.started),
            checks: checks.collect(),
            features: features.collect(),
            heartbeats: heartbeats(published, facts.heartbeats(seen_by_liveness)),
            tasks: tasks.collect(),
            changes: published.recent.changes(),
            monitor: MonitorReport {
                age: published.silent_for(),
            },
            runtime: RuntimeReport {
                lag: published.lag.get(),
            },
            process: *published
                .process
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }
}

fn heartbeats<'a>(
    published: &Published,
    verdicts: impl Iterator<Item = (&'a Arc<str>, Verdict)>,
) -> BTreeMap<Arc<str>, HeartbeatReport> {
    let cells = published.heartbeats.lock();
    let cells = cells.unwrap_or_else(PoisonError::into_inner);
    let report = |(name, verdict): (&Arc<str>, Verdict)| {
        let cell = cells.get(name)?.upgrade()?;
        let report = HeartbeatReport {
            status: verdict.status,
            reason: verdict.reason,
            age: cell.age(),
            max_gap: cell.max_gap,
        };
        Some((Arc::clone(name), report))
    };
    verdicts.filter_map(report).collect()
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            status: ReadinessStatus,
            reason: Option<ServiceReason>,
            live: LivenessStatus,
            ready: ReadinessStatus,
            startup: StartupStatus,
            broken: Option<&'a str>,
            service: &'a str,
            instance: Option<&'a str>,
            version: Option<&'a str>,
            #[serde(with = "rfc3339")]
            at: Option<SystemTime>,
            #[serde(with = "seconds")]
            uptime_seconds: Duration,
            checks: &'a BTreeMap<Arc<str>, CheckReport>,
            features: &'a BTreeMap<Arc<str>, FeatureReport>,
            heartbeats: &'a BTreeMap<Arc<str>, HeartbeatReport>,
            tasks: &'a BTreeMap<Arc<str>, TaskReport>,
            monitor: MonitorReport,
            runtime: RuntimeReport,
            process: ProcessReport,
        }
        Body {
            status: self.readiness,
            reason: self.reason,
            live: self.liveness,
            ready: self.readiness,
            startup: self.startup,
            broken: self.broken.as_deref(),
            service: &self.service,
            instance: self.instance.as_deref(),
            version: self.version.as_deref(),
            at: self.at,
            uptime_seconds: self.uptime,
            checks: &self.checks,
            features: &self.features,
            heartbeats: &self.heartbeats,
            tasks: &self.tasks,
            monitor: self.monitor,
            runtime: self.runtime,
            process: self.process,
        }
        .serialize(serializer)
    }
}
