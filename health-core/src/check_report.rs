use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Class;
use crate::board::Board;
use crate::declare::outcome::Level;
use crate::snapshot::CheckView;
use crate::verdict::{Reason, Status};

/// Everything that is known of one check.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    pub needed_by: Vec<Arc<str>>,
    /// What the last run reported besides.
    pub details: Value,
    /// What the last run failed with, if it did.
    pub error: Option<Arc<str>>,
    /// The file and line of the declaration.
    pub declared_at: String,
    /// The last runs, oldest first, at most 30. Not in the JSON.
    #[serde(skip)]
    pub history: Vec<PastRun>,
}

/// What one of the last runs came to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PastRun {
    /// How it ended: `Healthy`, `Degraded` or `Unhealthy`.
    pub status: Status,
    /// How long it took, in milliseconds; the timeout for one that was given up.
    pub latency_ms: f64,
}

impl PastRun {
    pub(crate) fn new(level: Level, latency: Duration) -> PastRun {
        PastRun {
            status: level.into(),
            latency_ms: in_millis(latency),
        }
    }
}

impl CheckReport {
    pub(crate) fn of(view: &CheckView, board: &Board) -> CheckReport {
        let (check, schedule, record) = (
            &view.registered.check,
            view.registered.schedule,
            &view.record,
        );
        let since = |instant| board.now().saturating_duration_since(instant);
        CheckReport {
            class: check.class,
            status: view.verdict.status,
            reason: view.verdict.reason,
            description: check.description.as_deref().map(Into::into),
            latency_ms: record.latency.map(in_millis),
            last_run: record.last_run.map(|(_, at)| in_rfc3339(at)),
            age_ms: record.last_run.map(|(at, _)| whole_millis(since(at))),
            since: record.since.map(in_rfc3339),
            consecutive_failures: record.consecutive_failures,
            stuck_for_ms: record
                .overdue_since
                .map(|deadline| whole_millis(since(deadline))),
            timeout_ms: whole_millis(schedule.timeout),
            interval_ms: (check.class != Class::Startup).then(|| whole_millis(schedule.interval)),
            retry_ms: whole_millis(schedule.retry),
            fail_after: schedule.fail_after,
            pass_after: schedule.pass_after,
            needed_by: check
                .needed_by
                .iter()
                .map(|feature| feature.name().into())
                .collect(),
            details: record.details.clone(),
            error: record.error.clone(),
            history: record.history.iter().copied().collect(),
            declared_at: format!("{}:{}", check.declared_at.file(), check.declared_at.line()),
        }
    }
}

pub(crate) fn in_millis(duration: Duration) -> f64 {
    // To the microsecond: more would only be noise.
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

pub(crate) fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn in_rfc3339(at: SystemTime) -> String {
    humantime::format_rfc3339_millis(at).to_string()
}
