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
        self.history.push(result.verdict.status, latency);
        self.details = result.details;
        self.error = result.error;
    }

    /// Takes down a time at which the check could not be asked.
    pub(crate) fn missed(&mut self) {
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
    }
}

/// What one of the last runs came to, or some of them that ended alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastRun {
    /// How it ended: `Healthy`, `Degraded` or `Unhealthy`.
    pub status: Status,
    /// How long it took; the timeout for one that was given up. The longest of several.
    pub latency: Duration,
    /// How many runs this is. Of a long row of runs that ended alike the older ones are told as one, so that
    /// what was before them is still seen; past 65,535 it counts no further.
    pub count: u16,
}

/// The last runs: a list that never grows.
#[derive(Clone, Debug)]
pub(crate) struct History {
    runs: [Kept; History::KEPT],
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Seven digits are enough to be looked at, and a third of a `Duration`.
    seconds: f32,
    count: u16,
    status: Status,
}

impl History {
    const KEPT: usize = 30;

    /// So many runs of a row are told one by one.
    const SINGLE: usize = 10;

    fn push(&mut self, status: Status, latency: Duration) {
        let alike = self.kept().iter().rev();
        let alike = alike.take_while(|run| run.status == status).count();
        if alike > History::SINGLE {
            let newer = self.len - History::SINGLE;
            let (older, next) = (&self.runs[newer - 1], &self.runs[newer]);
            self.runs[newer] = Kept {
                seconds: older.seconds.max(next.seconds),
                count: older.count.saturating_add(next.count),
                status,
            };
            self.remove(newer - 1);
        } else if self.len == History::KEPT {
            self.remove(0);
        }
        self.runs[self.len] = Kept {
            seconds: latency.as_secs_f32(),
            count: 1,
            status,
        };
        self.len += 1;
    }

    fn remove(&mut self, index: usize) {
        self.runs.copy_within(index + 1..self.len, index);
        self.len -= 1;
    }

    fn kept(&self) -> &[Kept] {
        &self.runs[..self.len]
    }

    /// Returns the runs, oldest first.
    pub(crate) fn runs(&self) -> Vec<PastRun> {
        let run = |kept: &Kept| PastRun {
            status: kept.status,
            latency: Duration::from_secs_f32(kept.seconds),
            count: kept.count,
        };
        self.kept().iter().map(run).collect()
    }
}

impl Default for History {
    fn default() -> History {
        let none = Kept {
            seconds: 0.0,
            count: 0,
            status: Status::Unknown,
        };
        History {
            runs: [none; History::KEPT],
            len: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(history: &History) -> Vec<(Status, u16)> {
        let runs = history.runs();
        runs.iter().map(|run| (run.status, run.count)).collect()
    }

    fn push(history: &mut History, status: Status, seconds: impl IntoIterator<Item = u64>) {
        for seconds in seconds {
            history.push(status, Duration::from_secs(seconds));
        }
    }

    #[test]
    fn of_a_long_row_the_older_runs_are_told_as_one_with_the_longest_latency() {
        let mut history = History::default();
        push(&mut history, Status::Healthy, 1..=11);
        assert_eq!(history.runs().len(), 11, "eleven runs stand for themselves");
        push(
            &mut history,
            Status::Healthy,
            [90, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        );
        let runs = history.runs();
        assert_eq!(runs.len(), 11);
        assert_eq!(
            (runs[0].count, runs[0].latency),
            (13, Duration::from_secs(90))
        );
        assert!(runs[1..].iter().all(|run| run.count == 1));
    }

    #[test]
    fn a_failure_that_goes_on_does_not_push_out_what_was_before_it() {
        let mut history = History::default();
        push(&mut history, Status::Healthy, 0..2000);
        push(&mut history, Status::Unhealthy, 0..70_000);
        let counts = counts(&history);
        assert_eq!(counts.len(), 22);
        assert_eq!(counts[0], (Status::Healthy, 1990));
        assert_eq!(counts[10], (Status::Healthy, 1));
        assert_eq!(
            counts[11],
            (Status::Unhealthy, u16::MAX),
            "it counts no further"
        );
        assert_eq!(counts[21], (Status::Unhealthy, 1));
    }

    #[test]
    fn what_flaps_is_kept_as_the_last_thirty_runs() {
        let mut history = History::default();
        for seconds in 0..100 {
            let status = [Status::Healthy, Status::Unhealthy][usize::from(seconds % 2 == 1)];
            history.push(status, Duration::from_secs(seconds));
        }
        let latencies = history.runs().into_iter().map(|run| run.latency);
        assert!(latencies.eq((70..100).map(Duration::from_secs)));
    }
}
