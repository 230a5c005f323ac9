use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use super::run::Finding;
use crate::check_report::PastRun;
use crate::declare::outcome::Level;
use crate::judgement::Found;
use crate::redact::redacted;
use crate::verdict::Reason;

/// What is known of a check besides its verdict: private.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) latency: Option<Duration>,
    /// When the last run ended or was given up, on the clock and for display.
    pub(crate) last_run: Option<(Instant, SystemTime)>,
    pub(crate) since: Option<SystemTime>,
    pub(crate) consecutive_failures: u32,
    /// When a run that has not ended since was given up.
    pub(crate) overdue_since: Option<Instant>,
    pub(crate) details: Value,
    pub(crate) error: Option<Arc<str>>,
    /// The last runs, oldest first.
    pub(crate) history: VecDeque<PastRun>,
}

/// How many of the last runs are kept.
const KEPT: usize = 30;

impl Record {
    pub(crate) fn ended(&mut self, at: Instant, latency: Duration, finding: Finding) {
        self.latency = Some(latency);
        self.last_run = Some((at, SystemTime::now()));
        let passed = finding.found.level == Level::Healthy;
        self.consecutive_failures = if passed {
            0
        } else {
            self.consecutive_failures.saturating_add(1)
        };
        if self.history.len() == KEPT {
            self.history.pop_front();
        }
        self.history
            .push_back(PastRun::new(finding.found.level, latency));
        self.details = finding.details;
        self.error = finding.error.as_deref().map(redacted);
    }

    pub(crate) fn overdue(&mut self, at: Instant, timeout: Duration) {
        self.overdue_since = Some(at);
        let error = format!("no answer within {}", humantime::format_duration(timeout));
        let found = Found::unhealthy(Reason::TimedOut);
        self.ended(
            at,
            timeout,
            Finding {
                found,
                details: Value::Null,
                error: Some(error),
            },
        );
    }

    pub(crate) fn missed(&mut self) {
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
    }
}
