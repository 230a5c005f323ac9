use std::time::Duration;

use crate::loom::{AtomicU64, Ordering};

/// Whether the monitor still moves, as its readers see it: a clock reading and an atomic.
///
/// Times are in microseconds since the service started.
#[derive(Debug)]
pub(crate) struct Tick {
    /// When the monitor last had a turn.
    last: AtomicU64,
    /// When a reader with this question first found it silent since.
    suspected: [AtomicU64; 2],
    /// Whether a reader with this question was told so, and the monitor does not know it yet.
    told: [AtomicU64; 2],
}

/// What a reader asks; each has a limit, and so a suspicion, of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Readiness,
    Liveness,
}

/// The tick of a monitor that ended because there was nothing left to watch.
const ENDED: u64 = u64::MAX;

/// How long a suspicion must hold: after a suspension readers may run before the monitor.
const SUSPICION_HOLDS: u64 = 500_000;

impl Tick {
    pub(crate) fn new() -> Tick {
        Tick {
            last: AtomicU64::new(0),
            suspected: [AtomicU64::new(0), AtomicU64::new(0)],
            told: [AtomicU64::new(0), AtomicU64::new(0)],
        }
    }

    /// The monitor says that it moves.
    pub(crate) fn tick(&self, now: u64) {
        self.last.store(now, Ordering::Release);
    }

    /// The monitor ends, and is not silent for that.
    pub(crate) fn end(&self) {
        self.last.store(ENDED, Ordering::Release);
    }

    /// How long ago the monitor had its last turn; `None` when it has ended.
    pub(crate) fn age(&self, now: u64) -> Option<Duration> {
        let last = self.last.load(Ordering::Acquire);
        (last != ENDED).then(|| Duration::from_micros(now.saturating_sub(last)))
    }

    /// Whether readers with this question were told that it is silent; the monitor asks once.
    pub(crate) fn was_told_silent(&self, question: Question) -> bool {
        let told = &self.told[question as usize];
        // Nearly always there is nothing to take, and nothing is written where readers read.
        told.load(Ordering::Relaxed) != 0 && told.swap(0, Ordering::Relaxed) != 0
    }

    /// Whether it has been silent for longer than `limit`, and a suspicion of that has held.
    pub(crate) fn is_silent(&self, question: Question, now: u64, limit: Duration) -> bool {
        let last = self.last.load(Ordering::Acquire);
        if last == ENDED || u128::from(now.saturating_sub(last)) <= limit.as_micros() {
            return false;
        }
        let suspicion = &self.suspected[question as usize];
        let suspected = suspicion.load(Ordering::Relaxed);
        if suspected > last {
            let is_silent = now.saturating_sub(suspected) >= SUSPICION_HOLDS;
            if is_silent {
                self.told[question as usize].store(1, Ordering::Relaxed);
            }
            return is_silent;
        }
        // Another reader may have begun the suspicion just now; its time is as good.
        let _ = suspicion.compare_exchange(suspected, now, Ordering::Relaxed, Ordering::Relaxed);
        false
    }
}

#[cfg(all(test, not(health_loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;
    const LIMIT: Duration = Duration::from_secs(4);

    #[test]
    fn a_suspicion_must_hold_for_half_a_second() {
        let tick = Tick::new();
        let is_silent = |now| tick.is_silent(Question::Readiness, now, LIMIT);
        assert!(!is_silent(4 * SECOND), "within the limit");
        assert!(!is_silent(4 * SECOND + 1), "suspected");
        assert!(!is_silent(4 * SECOND + 500_000), "for less than that");
        assert!(is_silent(4 * SECOND + 500_001));
        tick.tick(5 * SECOND);
        assert!(!is_silent(5 * SECOND), "it moves again");
        assert!(!is_silent(20 * SECOND), "a new suspicion");
    }

    #[test]
    fn a_suspicion_of_readiness_says_nothing_of_liveness() {
        let tick = Tick::new();
        let silence = Duration::from_secs(30);
        assert!(!tick.is_silent(Question::Readiness, 5 * SECOND, LIMIT));
        // The process is suspended for a minute, and a reader runs before the monitor.
        assert!(!tick.is_silent(Question::Liveness, 65 * SECOND, silence));
        assert!(tick.is_silent(Question::Liveness, 66 * SECOND, silence));
    }

    #[test]
    fn a_monitor_that_ended_is_not_silent() {
        let tick = Tick::new();
        tick.end();
        for now in [100 * SECOND, 200 * SECOND] {
            assert!(!tick.is_silent(Question::Readiness, now, LIMIT));
        }
        assert_eq!(tick.age(SECOND), None);
    }
}

#[cfg(all(test, health_loom))]
mod models {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    const SECOND: u64 = 1_000_000;
    const LIMIT: Duration = Duration::from_secs(8);

    fn is_silent(tick: &Tick, now: u64) -> bool {
        tick.is_silent(Question::Readiness, now, LIMIT)
    }

    #[test]
    fn no_order_of_readers_and_a_tick_makes_a_moving_monitor_silent() {
        loom::model(|| {
            let tick = Arc::new(Tick::new());
            // The process stood still for a minute; whoever runs first, nobody has seen 500 ms pass since.
            let monitor = thread::spawn({
                let tick = Arc::clone(&tick);
                move || tick.tick(60 * SECOND)
            });
            let reader = thread::spawn({
                let tick = Arc::clone(&tick);
                move || is_silent(&tick, 60 * SECOND + 10_000)
            });
            assert!(!is_silent(&tick, 60 * SECOND + 20_000));
            assert!(!reader.join().unwrap());
            monitor.join().unwrap();
            assert!(!is_silent(&tick, 60 * SECOND + 600_000), "it has ticked");
        });
    }

    #[test]
    fn a_silent_monitor_is_found_out_whichever_reader_suspected_it() {
        loom::model(|| {
            let tick = Arc::new(Tick::new());
            let readers: Vec<_> = [9_000_000, 9_100_000]
                .map(|now| {
                    let tick = Arc::clone(&tick);
                    thread::spawn(move || is_silent(&tick, now))
                })
                .into();
            for reader in readers {
                assert!(!reader.join().unwrap(), "a suspicion alone is no verdict");
            }
            assert!(is_silent(&tick, 9_600_000));
        });
    }
}
