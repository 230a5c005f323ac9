use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::board::Board;
use crate::check_report::{CheckReport, in_millis, whole_millis};
use crate::heartbeat::HeartbeatCell;
use crate::liveness::LivenessStatus;
use crate::readiness::ReadinessStatus;
use crate::service::ServiceReason;
use crate::startup::{StartupStatus, TaskStatus};
use crate::task::TaskCell;
use crate::verdict::{Reason, Status, Verdict};

/// The private answer: everything that is known, for the people who run the service.
///
/// Serialises to the JSON of `/health/deep`. What is not known yet is `None`, and `null` in JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Readiness's status.
    pub status: ReadinessStatus,
    /// Readiness's reason.
    pub reason: Option<ServiceReason>,
    /// Liveness's status.
    pub live: LivenessStatus,
    /// Readiness's status again, beside the other two.
    pub ready: ReadinessStatus,
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
    pub features: BTreeMap<Arc<str>, FeatureReport>,
    /// Every heartbeat, by name.
    pub heartbeats: BTreeMap<Arc<str>, HeartbeatReport>,
    /// Every startup task, by name.
    pub tasks: BTreeMap<Arc<str>, TaskReport>,
    /// The application's runtime.
    pub runtime: RuntimeReport,
    /// This process.
    pub process: Process,
}

impl Report {
    pub(crate) fn of(board: &Board) -> Report {
        let snapshot = board.snapshot();
        let draining = board.is_draining();
        let silent = |limit| board.is_silent(limit);
        let answers = snapshot
            .answers
            .get(silent(snapshot.limits.readiness), draining);
        let liveness = snapshot
            .answers
            .get(silent(snapshot.limits.liveness), draining);
        let live = liveness.liveness.status;
        let private = &snapshot.private;
        let status = answers.readiness.status;
        let checks = private.checks.iter().map(|view| {
            (
                Arc::clone(&view.registered.name),
                CheckReport::of(view, board),
            )
        });
        let heartbeats = private.heartbeats.iter();
        let tasks = private.tasks.iter();
        Report {
            status,
            reason: answers.readiness.reason,
            live,
            ready: status,
            startup: answers.startup.status,
            broken: private.broken.clone(),
            version: board.version.clone(),
            uptime_seconds: board
                .now()
                .saturating_duration_since(board.started)
                .as_secs_f64(),
            checks: checks.collect(),
            features: answers
                .features
                .iter()
                .map(|(name, readiness)| {
                    (
                        Arc::from(*name),
                        FeatureReport {
                            status: readiness.status,
                        },
                    )
                })
                .collect(),
            heartbeats: heartbeats
                .map(|(cell, verdict)| {
                    (Arc::clone(&cell.name), HeartbeatReport::of(cell, *verdict))
                })
                .collect(),
            tasks: tasks
                .map(|task| (Arc::clone(&task.name), TaskReport::of(task)))
                .collect(),
            runtime: RuntimeReport {
                lag_ms: private.lag.map(in_millis),
            },
            process: private.process,
        }
    }
}

/// The readiness of one feature.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeatureReport {
    /// Whether this instance should get traffic for it.
    pub status: ReadinessStatus,
}

/// Everything that is known of one heartbeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

impl HeartbeatReport {
    fn of(cell: &HeartbeatCell, verdict: Verdict) -> HeartbeatReport {
        HeartbeatReport {
            status: verdict.status,
            reason: verdict.reason,
            age_ms: whole_millis(cell.age()),
            max_gap_ms: whole_millis(cell.max_gap),
        }
    }
}

/// Everything that is known of one startup task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskReport {
    /// Whether it runs, failed or is complete.
    pub status: TaskStatus,
    /// How much of it is done, from 0.0 to 1.0.
    pub progress: f64,
    /// What it failed with, if it did.
    pub error: Option<Arc<str>>,
}

impl TaskReport {
    fn of(cell: &TaskCell) -> TaskReport {
        let task = cell.now();
        TaskReport {
            status: task.status,
            progress: task.progress,
            error: cell.error(),
        }
    }
}

/// What the monitor sees of the application's runtime.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuntimeReport {
    /// How long the runtime lately took to run a task, in milliseconds; `None` without a runtime.
    pub lag_ms: Option<f64>,
}

/// This process's own figures, sampled by the monitor. `None` where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Process {
    /// Resident memory, in bytes.
    pub rss_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
}
