use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{broadcast, watch};

use crate::changes::Change;
use crate::engine::Clock;
use crate::heartbeat::HeartbeatCell;
use crate::pulse::Pulse;
use crate::snapshot::{Answers, Limits, Snapshot};

/// Where the monitor puts what it found, and readers find it. No lock on the reader's way.
pub(crate) struct Board {
    snapshot: ArcSwap<Snapshot>,
    pub(crate) clock: Clock,
    pub(crate) started: Instant,
    pub(crate) version: Option<Arc<str>>,
    pub(crate) changes: broadcast::Sender<Change>,
    /// Readers look at this themselves, so that readiness fails at once.
    draining: AtomicBool,
    /// When draining began.
    pub(crate) drained_from: watch::Sender<Option<Instant>>,
    /// The longest time that the listener stays open after that, in milliseconds.
    pub(crate) drain_delay: AtomicU64,
    pub(crate) heartbeats: Mutex<HashMap<Arc<str>, Weak<HeartbeatCell>>>,
    pulse: Pulse,
}

impl Board {
    pub(crate) fn new(first: Snapshot, clock: Clock, version: Option<Arc<str>>) -> Board {
        Board {
            snapshot: ArcSwap::from_pointee(first),
            clock,
            started: clock.now(),
            version,
            changes: broadcast::Sender::new(256),
            draining: AtomicBool::new(false),
            drained_from: watch::Sender::new(None),
            drain_delay: AtomicU64::new(0),
            heartbeats: Mutex::default(),
            pulse: Pulse::new(),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn publish(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The answers that hold now; `limit` says for how long those of a silent monitor do.
    pub(crate) fn answers(&self, limit: impl Fn(&Limits) -> Duration) -> Arc<Answers> {
        let snapshot = self.snapshot.load();
        let silent = self.is_silent(limit(&snapshot.limits));
        Arc::clone(snapshot.answers.get(silent, self.is_draining()))
    }

    /// Begins to drain. The first call sets the time, and nothing undoes it.
    pub(crate) fn drain(&self) {
        let now = self.now();
        self.draining.store(true, Ordering::Release);
        self.drained_from
            .send_if_modified(|began| began.is_none() && began.replace(now).is_none());
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// The monitor says that it moves.
    pub(crate) fn tick(&self, now: Instant) {
        self.pulse.tick(self.millis(now));
    }

    /// The monitor ends, and is not silent for that.
    pub(crate) fn end(&self) {
        self.pulse.end();
    }

    pub(crate) fn is_silent(&self, limit: Duration) -> bool {
        self.pulse.is_silent(self.millis(self.clock.now()), limit)
    }

    fn millis(&self, instant: Instant) -> u64 {
        u64::try_from(instant.saturating_duration_since(self.started).as_millis())
            .unwrap_or(u64::MAX - 1)
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board")
            .field("snapshot", &self.snapshot.load())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{Service, ServiceReason};
    use crate::snapshot::{Judged, Private};

    const LIMIT: Duration = Duration::from_secs(8);

    fn board() -> Board {
        let judged = Judged::new(Service {
            started: true,
            ..Service::default()
        });
        let limits = Limits {
            readiness: LIMIT,
            liveness: LIMIT,
        };
        Board::new(
            judged.snapshot(limits, Private::default()),
            Clock::Tokio,
            None,
        )
    }

    fn reason(board: &Board) -> Option<ServiceReason> {
        board.answers(|limits| limits.readiness).readiness.reason
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_monitor_is_noticed_by_readers_once_the_suspicion_held() {
        let board = board();
        tokio::time::advance(LIMIT).await;
        assert_eq!(reason(&board), None, "within the limit");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(reason(&board), None, "suspected");
        tokio::time::advance(Duration::from_millis(499)).await;
        assert_eq!(
            reason(&board),
            None,
            "suspected for less than half a second"
        );
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(reason(&board), Some(ServiceReason::Stale));
        board.tick(Clock::Tokio.now());
        assert_eq!(reason(&board), None, "the monitor moves again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_suspicion_from_before_the_last_tick_is_forgotten() {
        let board = board();
        tokio::time::advance(LIMIT * 2).await;
        assert_eq!(reason(&board), None);
        board.tick(Clock::Tokio.now());
        tokio::time::advance(LIMIT * 2).await;
        assert_eq!(reason(&board), None, "a new suspicion");
    }

    #[tokio::test(start_paused = true)]
    async fn a_monitor_that_ended_is_not_silent() {
        let board = board();
        board.end();
        tokio::time::advance(LIMIT * 100).await;
        assert_eq!((reason(&board), reason(&board)), (None, None));
    }
}
