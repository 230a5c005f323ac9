use std::time::Duration;

use crate::sync::{AtomicU64, Ordering};

/// Whether the monitor still moves, as its readers see it: a clock reading and an atomic.
///
/// Times are in milliseconds since the service started.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// When the monitor last ticked.
    tick: AtomicU64,
    /// When a reader first found it silent since.
    suspected: AtomicU64,
}

/// The tick of a monitor that ended because there was nothing left to watch.
const ENDED: u64 = u64::MAX;

/// How long a suspicion must hold: after a suspension readers may run before the monitor.
const SUSPICION_HOLDS: u64 = 500;

impl Pulse {
    pub(crate) fn new() -> Pulse {
        Pulse {
            tick: AtomicU64::new(0),
            suspected: AtomicU64::new(0),
        }
    }

    /// The monitor says that it moves.
    pub(crate) fn tick(&self, now: u64) {
        self.tick.store(now, Ordering::Release);
    }

    /// The monitor ends, and is not silent for that.
    pub(crate) fn end(&self) {
        self.tick.store(ENDED, Ordering::Release);
    }

    /// Whether it has been silent for longer than `limit`, and a suspicion of that has held.
    pub(crate) fn is_silent(&self, now: u64, limit: Duration) -> bool {
        let tick = self.tick.load(Ordering::Acquire);
        if tick == ENDED || u128::from(now.saturating_sub(tick)) <= limit.as_millis() {
            return false;
        }
        let suspected = self.suspected.load(Ordering::Relaxed);
        if suspected > tick {
            return now.saturating_sub(suspected) >= SUSPICION_HOLDS;
        }
        // Another reader may have begun the suspicion just now; its time is as good.
        let _ =
            self.suspected
                .compare_exchange(suspected, now, Ordering::Relaxed, Ordering::Relaxed);
        false
    }
}

#[cfg(all(test, health_loom))]
mod models {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(8);

    #[test]
    fn no_order_of_readers_and_a_tick_makes_a_moving_monitor_silent() {
        loom::model(|| {
            let pulse = Arc::new(Pulse::new());
            // The process stood still for a minute; whoever runs first, nobody has seen 500 ms pass since.
            let monitor = thread::spawn({
                let pulse = Arc::clone(&pulse);
                move || pulse.tick(60_000)
            });
            let reader = thread::spawn({
                let pulse = Arc::clone(&pulse);
                move || pulse.is_silent(60_010, LIMIT)
            });
            assert!(!pulse.is_silent(60_020, LIMIT));
            assert!(!reader.join().unwrap());
            monitor.join().unwrap();
            assert!(!pulse.is_silent(60_600, LIMIT), "it has ticked");
        });
    }

    #[test]
    fn a_silent_monitor_is_found_out_whichever_reader_suspected_it() {
        loom::model(|| {
            let pulse = Arc::new(Pulse::new());
            let readers: Vec<_> = [9_000, 9_100]
                .map(|now| {
                    let pulse = Arc::clone(&pulse);
                    thread::spawn(move || pulse.is_silent(now, LIMIT))
                })
                .into();
            for reader in readers {
                assert!(!reader.join().unwrap(), "a suspicion alone is no verdict");
            }
            assert!(pulse.is_silent(9_600, LIMIT));
        });
    }
}
