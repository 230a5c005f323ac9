use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::liveness::LivenessStatus;
use crate::readiness::ReadinessStatus;
use crate::service::ServiceReason;
use crate::startup::{StartupStatus, TaskStatus};
use crate::verdict::{Reason, Status};
use crate::Class;

/// The private answer: everything that is known, for the people who run the service.
///
/// Serialises to the JSON of `/health/deep`. What is not known yet is `None`, and `null` in JSON.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Readiness's status.
    pub status: ReadinessStatus,
    /// Readiness's reason.
    pub reason: Option<ServiceReason>,
    /// Liveness's status.
    pub live: LivenessStatus,
    /// Whether this instance should get traffic: not `not_ready`.
    pub ready: bool,
    /// Startup's status.
    pub startup: StartupStatus,
    /// What the application declared itself broken with.
    pub broken: Option<Arc<str>>,
    /// The version given to the builder.
    pub version: Option<Arc<str>>,
    /// Seconds since `start()`.
    pub uptime_seconds: f64,
    /// Every check, by name.
    pub checks: BTreeMap<Arc<str>, CheckReport>,
    /// The readiness of every feature that a check is needed by.
    pub features: BTreeMap<&'static str, ReadinessStatus>,
    /// Every heartbeat, by name.
    pub heartbeats: BTreeMap<Arc<str>, HeartbeatReport>,
    /// Every startup task, by name.
    pub tasks: BTreeMap<Arc<str>, TaskReport>,
    /// The application's runtime.
    pub runtime: RuntimeReport,
    /// This process.
    pub process: Process,
}

/// Everything that is known of one check.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// The class it was declared with.
    pub class: Class,
    /// What it is held to be.
    pub status: Status,
    /// Why, when it is not healthy.
    pub reason: Option<Reason>,
    /// The declaration's doc comment.
    pub description: Option<Arc<str>>,
    /// How long the last run took, in milliseconds.
    pub latency_ms: Option<f64>,
    /// When the last run ended: UTC, RFC 3339 with milliseconds.
    pub last_run: Option<String>,
    /// How long ago that is, in milliseconds.
    pub age_ms: Option<u64>,
    /// Since when it has this status: UTC, RFC 3339 with milliseconds.
    pub since: Option<String>,
    /// Runs and missed slots in a row, up to now, that did not pass.
    pub consecutive_failures: u32,
    /// How long a run past its deadline has gone on, in milliseconds beyond the deadline.
    pub stuck_for_ms: Option<u64>,
    /// A run past this is a failure, in milliseconds.
    pub timeout_ms: u64,
    /// From the end of a run to the start of the next, in milliseconds; `None` for startup checks.
    pub interval_ms: Option<u64>,
    /// The same while the verdict is in doubt or not healthy, in milliseconds.
    pub retry_ms: u64,
    /// Worse runs in a row before the verdict falls.
    pub fail_after: u32,
    /// Better runs in a row before it rises.
    pub pass_after: u32,
    /// Features that cannot be served while this fails.
    pub needed_by: Vec<&'static str>,
    /// What the last run reported besides.
    pub details: Value,
    /// What the last run failed with, if it did.
    pub error: Option<Arc<str>>,
    /// The file and line of the declaration.
    pub declared_at: String,
}

/// Everything that is known of one heartbeat.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HeartbeatReport {
    /// What it is held to be.
    pub status: Status,
    /// Why, when it is not healthy.
    pub reason: Option<Reason>,
    /// How long ago the last beat was, in milliseconds.
    pub age_ms: u64,
    /// The longest gap allowed, in milliseconds.
    pub max_gap_ms: u64,
}

/// Everything that is known of one startup task.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TaskReport {
    /// Whether it runs, failed or is complete.
    pub status: TaskStatus,
    /// How much of it is done, from 0.0 to 1.0.
    pub progress: f64,
    /// What it failed with, if it did.
    pub error: Option<Arc<str>>,
}

/// What the monitor sees of the application's runtime.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RuntimeReport {
    /// How long the runtime lately took to run a task, in milliseconds; `None` without a runtime.
    pub lag_ms: Option<f64>,
}

/// This process's own figures, sampled by the monitor. `None` where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Process {
    /// Resident memory, in bytes.
    pub rss_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
}
