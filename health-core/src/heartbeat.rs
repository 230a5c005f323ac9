use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::declare::name::InvalidName;
use crate::declare::status::Reason;
use crate::judge::verdict::Verdict;
use crate::loom::{AtomicU8, AtomicU64, Ordering};

/// A sign of life that part of the process must give, or the process is not alive.
///
/// Made by [`Health::heartbeat`](crate::Health::heartbeat). A heartbeat that is dropped is overdue at
/// once, as its owner has died, until another of its name takes its place. One whose work is over ends
/// with [`finish`](Self::finish); while the service drains, a drop is such an end.
///
/// An idle loop beats too: wait for work no longer than a part of the gap.
///
/// ```
/// use health_core::Health;
/// use std::time::Duration;
/// use tokio::time::timeout;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (sender, mut messages) = tokio::sync::mpsc::channel(1);
/// # sender.send("one").await?;
/// # drop(sender);
/// let health = Health::builder().allow_empty().start()?;
/// let heartbeat = health.heartbeat("consumer", Duration::from_secs(30))?;
/// loop {
///     heartbeat.beat();
///     match timeout(Duration::from_secs(10), messages.recv()).await {
///         Ok(Some(message)) => println!("{message}"),
///         Ok(None) => break,
///         Err(_) => {} // Nothing came, and the loop is well.
///     }
/// }
/// heartbeat.finish();
/// # Ok(())
/// # }
/// ```
#[must_use = "a heartbeat that is dropped is overdue"]
#[derive(Debug)]
pub struct Heartbeat {
    cell: Arc<HeartbeatCell>,
    /// Whether the service drains, which makes a drop an end.
    draining: Arc<AtomicBool>,
}

/// What a heartbeat and the monitor share.
#[derive(Debug)]
pub(crate) struct HeartbeatCell {
    pub(crate) name: Arc<str>,
    pub(crate) max_gap: Duration,
    clock: Clock,
    made: Instant,
    /// Microseconds from `made` to the last beat.
    last: AtomicU64,
    life: AtomicU8,
}

const BEATING: u8 = 0;
const FINISHED: u8 = 1;
const DROPPED: u8 = 2;
/// It was dropped, and another of its name has taken its place.
const SUCCEEDED: u8 = 3;

impl Heartbeat {
    pub(crate) fn new(
        name: &str,
        max_gap: Duration,
        clock: Clock,
        draining: Arc<AtomicBool>,
    ) -> (Heartbeat, Arc<HeartbeatCell>) {
        let cell = Arc::new(HeartbeatCell {
            name: name.into(),
            max_gap,
            clock,
            made: clock.now(),
            last: AtomicU64::new(0),
            life: AtomicU8::new(BEATING),
        });
        (
            Heartbeat {
                cell: Arc::clone(&cell),
                draining,
            },
            cell,
        )
    }

    /// Gives a sign of life: one clock reading, one atomic store.
    pub fn beat(&self) {
        self.cell
            .last
            .store(self.cell.age_of_cell(), Ordering::Relaxed);
    }

    /// Ends the watch, because the work is over.
    pub fn finish(self) {
        self.cell.life.store(FINISHED, Ordering::Relaxed);
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        let end = if self.draining.load(std::sync::atomic::Ordering::Acquire) {
            FINISHED
        } else {
            DROPPED
        };
        // One that was finished stays so.
        let _ = self
            .cell
            .life
            .compare_exchange(BEATING, end, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl HeartbeatCell {
    pub(crate) fn is_beating(&self) -> bool {
        self.life.load(Ordering::Relaxed) == BEATING
    }

    /// One that was dropped has a successor now.
    pub(crate) fn retire(&self) {
        self.life.store(SUCCEEDED, Ordering::Relaxed);
    }

    /// Whether another of its name has taken its place.
    pub(crate) fn has_successor(&self) -> bool {
        self.life.load(Ordering::Relaxed) == SUCCEEDED
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.life.load(Ordering::Relaxed) == FINISHED
    }

    /// How long ago the last beat was.
    pub(crate) fn age(&self) -> Duration {
        Duration::from_micros(
            self.age_of_cell()
                .saturating_sub(self.last.load(Ordering::Relaxed)),
        )
    }

    fn age_of_cell(&self) -> u64 {
        let age = self
            .clock
            .now()
            .saturating_duration_since(self.made)
            .as_micros();
        u64::try_from(age).unwrap_or(u64::MAX)
    }
}

/// The monitor's side: when it last saw a new beat.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) cell: Arc<HeartbeatCell>,
    /// As it was at the last look.
    pub(crate) verdict: Verdict,
    seen: u64,
    seen_at: Instant,
}

impl Watch {
    pub(crate) fn new(cell: Arc<HeartbeatCell>, now: Instant) -> Watch {
        Watch {
            cell,
            verdict: Verdict::HEALTHY,
            seen: 0,
            seen_at: now,
        }
    }

    /// Looks for a new beat, in lived time.
    pub(crate) fn look(&mut self, now: Instant) {
        let last = self.cell.last.load(Ordering::Relaxed);
        if last != self.seen {
            self.seen = last;
            self.seen_at = now;
        }
        let overdue = !self.cell.is_beating()
            || now.saturating_duration_since(self.seen_at) > self.cell.max_gap;
        self.verdict = if overdue {
            Verdict::unhealthy(Reason::Overdue)
        } else {
            Verdict::HEALTHY
        };
    }
}

/// The error of a heartbeat that cannot be: a bad name, no gap, or a name that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeartbeatError(Mistake);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mistake {
    Name(InvalidName),
    NoGap(String),
    Taken(String),
}

impl HeartbeatError {
    pub(crate) fn bad_name(name: &str) -> HeartbeatError {
        HeartbeatError(Mistake::Name(InvalidName::new(name)))
    }

    pub(crate) fn no_gap(name: &str) -> HeartbeatError {
        HeartbeatError(Mistake::NoGap(name.into()))
    }

    pub(crate) fn taken(name: &str) -> HeartbeatError {
        HeartbeatError(Mistake::Taken(name.into()))
    }
}

impl fmt::Display for HeartbeatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Mistake::Name(error) => error.fmt(f),
            Mistake::NoGap(name) => write!(
                f,
                "heartbeat `{name}` allows no gap: write one longer than zero"
            ),
            Mistake::Taken(name) => write!(
                f,
                "heartbeat `{name}` beats already: finish it first, or choose another name"
            ),
        }
    }
}

impl std::error::Error for HeartbeatError {}

#[cfg(all(test, health_loom))]
mod models {
    use loom::thread;

    use super::*;

    #[test]
    fn a_finished_heartbeat_is_never_seen_dropped() {
        loom::model(|| {
            let (heartbeat, cell) = Heartbeat::new(
                "mailer",
                Duration::from_secs(60),
                Clock::System,
                Arc::default(),
            );
            let owner = thread::spawn(move || {
                heartbeat.beat();
                heartbeat.finish();
            });
            // Whatever the monitor sees of it, it is beating or finished.
            assert!(cell.is_beating() || cell.is_finished());
            owner.join().unwrap();
            assert!(cell.is_finished());
        });
    }
}

#[cfg(all(test, not(health_loom)))]
mod tests {
    use super::*;

    fn look(watch: &mut Watch, now: Instant) -> Verdict {
        watch.look(now);
        watch.verdict
    }

    #[test]
    fn a_dropped_heartbeat_is_overdue_and_a_finished_one_is_over() {
        let now = Instant::now();
        let gap = Duration::from_secs(60);
        let (heartbeat, cell) = Heartbeat::new("mailer", gap, Clock::System, Arc::default());
        let mut watch = Watch::new(Arc::clone(&cell), now);
        assert_eq!(look(&mut watch, now), Verdict::HEALTHY);
        drop(heartbeat);
        assert_eq!(look(&mut watch, now).reason, Some(Reason::Overdue));

        let (heartbeat, cell) = Heartbeat::new("mailer", gap, Clock::System, Arc::default());
        heartbeat.finish();
        assert!(cell.is_finished());
    }

    #[test]
    fn a_heartbeat_dropped_while_the_service_drains_is_over() {
        let draining = Arc::new(AtomicBool::new(false));
        let gap = Duration::from_secs(60);
        let (heartbeat, cell) = Heartbeat::new("mailer", gap, Clock::System, Arc::clone(&draining));
        draining.store(true, std::sync::atomic::Ordering::Release);
        drop(heartbeat);
        assert!(cell.is_finished());
    }

    #[test]
    fn silence_longer_than_the_gap_is_overdue() {
        let now = Instant::now();
        let (_heartbeat, cell) = Heartbeat::new(
            "mailer",
            Duration::from_secs(60),
            Clock::System,
            Arc::default(),
        );
        let mut watch = Watch::new(cell, now);
        assert_eq!(
            look(&mut watch, now + Duration::from_secs(60)),
            Verdict::HEALTHY
        );
        assert_eq!(
            look(&mut watch, now + Duration::from_secs(61)).reason,
            Some(Reason::Overdue)
        );
    }
}
