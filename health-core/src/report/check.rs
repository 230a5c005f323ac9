use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use crate::published::record::{PastRun, Record};

use crate::declare::class::Class;
use crate::declare::described::Described;
use crate::declare::feature::Feature;
use crate::declare::outcome::Json;
use crate::declare::status::{Reason, Status};
use crate::judge::verdict::Verdict;
use crate::times::{known_millis, millis, rfc3339, whole_millis};

/// Everything that is known of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// How long the last run took. In JSON `latency_ms`.
    #[serde(rename = "latency_ms", with = "millis")]
    pub latency: Option<Duration>,
    /// When the last run ended: wall time. In JSON UTC, RFC 3339 with milliseconds.
    #[serde(with = "rfc3339")]
    pub last_run: Option<SystemTime>,
    /// How long ago that is. In JSON `age_ms`.
    #[serde(rename = "age_ms", with = "whole_millis")]
    pub age: Option<Duration>,
    /// Since when it has this status: wall time. In JSON UTC, RFC 3339 with milliseconds.
    #[serde(with = "rfc3339")]
    pub since: Option<SystemTime>,
    /// Runs and missed slots in a row, up to now, that did not pass.
    pub consecutive_failures: u32,
    /// How long a run past its deadline has gone on beyond the deadline. In JSON `stuck_for_ms`.
    #[serde(rename = "stuck_for_ms", with = "whole_millis")]
    pub stuck_for: Option<Duration>,
    /// How long a run may take. In JSON `timeout_ms`.
    #[serde(rename = "timeout_ms", with = "known_millis")]
    pub timeout: Duration,
    /// From the end of a run to the start of the next; `None` for startup checks. In JSON `interval_ms`.
    #[serde(rename = "interval_ms", with = "whole_millis")]
    pub interval: Option<Duration>,
    /// The same while the verdict is in doubt or not healthy. In JSON `retry_ms`.
    #[serde(rename = "retry_ms", with = "known_millis")]
    pub retry: Duration,
    /// Worse runs in a row before the verdict falls.
    pub fail_after: u32,
    /// Better runs in a row before it rises.
    pub pass_after: u32,
    /// Features that cannot be served while this fails.
    pub needed_by: Vec<Feature>,
    /// What the last run reported besides; `null` where it reported nothing.
    pub details: Arc<Json>,
    /// What the last run failed with, if it did.
    pub error: Option<Arc<str>>,
    /// The file and line of the declaration.
    pub declared_at: String,
    /// The last runs, oldest first, in at most 30 parts. Not in the JSON.
    #[serde(skip)]
    pub history: Vec<PastRun>,
}

impl CheckReport {
    pub(crate) fn new(
        check: &Described,
        verdict: Verdict,
        record: &Record,
        now: Instant,
        silent_since: Option<SystemTime>,
    ) -> CheckReport {
        let since = |instant: Instant| now.saturating_duration_since(instant);
        let schedule = &check.schedule;
        CheckReport {
            class: check.class,
            status: verdict.status,
            reason: verdict.reason,
            description: check.description.clone(),
            latency: record.latency,
            last_run: record.last_run.map(|(_, wall)| wall),
            age: record.last_run.map(|(at, _)| since(at)),
            since: silent_since.or(record.since),
            consecutive_failures: record.consecutive_failures,
            stuck_for: record.overdue_since.map(since),
            timeout: schedule.timeout,
            interval: (check.class != Class::Startup).then_some(schedule.interval),
            retry: schedule.retry,
            fail_after: schedule.fail_after,
            pass_after: schedule.pass_after,
            needed_by: check.needed_by.to_vec(),
            details: record.details.clone().unwrap_or_default(),
            error: record.error.clone(),
            declared_at: format!("{}:{}", check.declared_at.file(), check.declared_at.line()),
            history: record.history.runs(),
        }
    }
}
