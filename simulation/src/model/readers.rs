//! Readers who notice that the monitor is silent.

use std::time::Duration;

/// After a suspension readers run before the monitor: a suspicion counts only when it has lasted this long.
const SUSPICION: Duration = Duration::from_millis(500);

/// Instants of the clock, for readers do not know of standstills.
#[derive(Debug)]
pub(crate) struct Readers {
    last_turn: Duration,
    /// By limit, the first suspicion since the last turn.
    suspicions: Vec<(Duration, Duration)>,
    /// The limits of those who were told since then that it is silent.
    told: Vec<Duration>,
}

impl Readers {
    pub(crate) fn new(start: Duration) -> Readers {
        Readers {
            last_turn: start,
            suspicions: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The monitor has a turn; returns the limits of those who were told that it is silent.
    pub(crate) fn turn(&mut self, clock: Duration) -> Vec<Duration> {
        self.last_turn = clock;
        self.suspicions.clear();
        std::mem::take(&mut self.told)
    }

    /// Returns whether a reader with this limit says that the monitor is silent.
    pub(crate) fn find_silent(&mut self, clock: Duration, limit: Duration) -> bool {
        if !self.is_past(clock, limit) {
            return false;
        }
        if let Some((_, since)) = self.suspicions.iter().find(|(of, _)| *of == limit) {
            let is_silent = clock.saturating_sub(*since) >= SUSPICION;
            if is_silent {
                self.told.push(limit);
            }
            return is_silent;
        }
        self.suspicions.push((limit, clock));
        false
    }

    /// Returns whether the last turn is longer ago than the limit.
    pub(crate) fn is_past(&self, clock: Duration, limit: Duration) -> bool {
        clock.saturating_sub(self.last_turn) > limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspicion_counts_only_when_it_has_lasted() {
        let ms = Duration::from_millis;
        let mut readers = Readers::new(ms(0));
        for (clock, limit, silent) in [
            (4_000, 4_000, false),
            (4_001, 4_000, false),
            (4_500, 4_000, false),
            (4_501, 4_000, true),
            // Another limit has suspicions of its own.
            (30_001, 30_000, false),
            (30_001, 4_000, true),
        ] {
            let found = readers.find_silent(ms(clock), ms(limit));
            assert_eq!(found, silent, "{clock}, {limit}");
        }
        readers.turn(ms(40_000));
        assert!(!readers.find_silent(ms(45_000), ms(4_000)));
        assert!(readers.find_silent(ms(45_500), ms(4_000)));
    }
}
