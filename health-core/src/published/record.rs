use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::declare::status::{Reason, Status};
use crate::judge::verdict::Verdict;

/// What one run came to: small, finished and masked, so that whoever takes it only moves pointers.
#[derive(Clone, Debug)]
pub(crate) struct RunResult {
    /// What this run would make of the check by itself.
    pub(crate) verdict: Verdict,
    pub(crate) error: Option<Arc<str>>,
    pub(crate) details: Option<Arc<Value>>,
}

impl RunResult {
    pub(crate) fn failed(reason: Reason, error: Arc<str>) -> RunResult {
        RunResult {
            verdict: Verdict::unhealthy(reason),
            error: Some(error),
            details: None,
        }
    }
}

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
    pub(crate) details: Option<Arc<Value>>,
    pub(crate) error: Option<Arc<str>>,
    pub(crate) history: History,
}

impl Record {
    /// Takes down a run that ended, or was given up, at this time.
    pub(crate) fn ended(
        &mut self,
        at: Instant,
        wall: SystemTime,
        latency: Duration,
        result: RunResult,
    ) {
        self.latency = Some(latency);
        self.last_run = Some((at, wall));
        self.consecutive_failures = match result.verdict.status {
            Status::Healthy => 0,
            _ => self.consecutive_failures.saturating_add(1),
        };
        self.history.push(PastRun {
            status: result.verdict.status,
            latency,
        });
        self.details = result.details;
        self.error = result.error;
    }

    /// Takes down a time at which the check could not be asked.
    pub(crate) fn missed(&mut self) {
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
    }
}

/// What one of the last runs came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastRun {
    /// How it ended: `Healthy`, `Degraded` or `Unhealthy`.
    pub status: Status,
    /// How long it took; the timeout for one that was given up.
    pub latency: Duration,
}

/// The last runs: a ring that never grows.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// Status and seconds: seven digits are enough to be looked at, and a third of a `Duration`.
    runs: [(Status, f32); History::KEPT],
    pushed: usize,
}

impl History {
    const KEPT: usize = 30;

    fn push(&mut self, run: PastRun) {
        self.runs[self.pushed % History::KEPT] = (run.status, run.latency.as_secs_f32());
        // Wraps round at a multiple of what is kept, and stays full.
        self.pushed = match self.pushed + 1 {
            pushed if pushed == 2 * History::KEPT => History::KEPT,
            pushed => pushed,
        };
    }

    /// Returns the runs, oldest first.
    pub(crate) fn runs(&self) -> Vec<PastRun> {
        let (newer, older) = match self.pushed {
            pushed if pushed < History::KEPT => (&self.runs[..pushed], &[][..]),
            pushed => self.runs.split_at(pushed % History::KEPT),
        };
        let runs = older.iter().chain(newer);
        let run = |(status, seconds): &(Status, f32)| PastRun {
            status: *status,
            latency: Duration::from_secs_f32(*seconds),
        };
        runs.map(run).collect()
    }
}

impl Default for History {
    fn default() -> History {
        History {
            runs: [(Status::Unknown, 0.0); History::KEPT],
            pushed: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thirty_runs_are_kept_oldest_first() {
        let mut history = History::default();
        for seconds in 0..100 {
            let expected = (seconds.max(30) - 30..seconds).map(Duration::from_secs);
            let kept = history.runs();
            assert!(kept.iter().map(|run| run.latency).eq(expected), "{seconds}");
            history.push(PastRun {
                status: Status::Healthy,
                latency: Duration::from_secs(seconds),
            });
        }
    }
}
