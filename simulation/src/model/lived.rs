//! Lived time: the clock, less the time in which the process stood still.

use std::time::Duration;

/// An overshoot of the monitor's sleep is a standstill from here on.
const STANDSTILL: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(crate) struct Lived {
    standstills: Vec<(Duration, Duration)>,
}

impl Lived {
    /// Notes that the monitor, having meant to sleep until `slept_until`, has its turn at `clock`;
    /// returns how long it stood still.
    pub(crate) fn turn(&mut self, slept_until: Option<Duration>, clock: Duration) -> Duration {
        let overshoot = slept_until.map_or(Duration::ZERO, |until| clock.saturating_sub(until));
        if overshoot < STANDSTILL {
            return Duration::ZERO;
        }
        self.standstills.push((clock - overshoot, clock));
        overshoot
    }

    /// Returns the lived time at an instant of the clock; one within a standstill counts as its begin.
    pub(crate) fn at(&self, clock: Duration) -> Duration {
        let stood: Duration = self
            .standstills
            .iter()
            .map(|&(from, to)| clock.min(to).saturating_sub(from))
            .sum();
        clock - stood
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_overshoot_of_a_sleep_is_a_standstill() {
        let ms = Duration::from_millis;
        for (slept_until, clock, stood) in [
            (None, ms(9_000), ms(0)),
            (Some(ms(9_000)), ms(5_000), ms(0)),
            (Some(ms(5_000)), ms(5_099), ms(0)),
            (Some(ms(5_000)), ms(5_100), ms(100)),
            (Some(ms(5_000)), ms(65_000), ms(60_000)),
        ] {
            let mut lived = Lived::default();
            assert_eq!(lived.turn(slept_until, clock), stood, "{slept_until:?}");
            assert_eq!(lived.at(clock), clock - stood, "{slept_until:?}");
        }
    }

    #[test]
    fn an_instant_within_a_standstill_counts_as_its_begin() {
        let ms = Duration::from_millis;
        let mut lived = Lived::default();
        lived.turn(Some(ms(1_000)), ms(3_000));
        lived.turn(Some(ms(4_000)), ms(5_000));
        for (clock, at) in [
            (900, 900),
            (1_000, 1_000),
            (2_500, 1_000),
            (3_000, 1_000),
            (3_700, 1_700),
            (4_900, 2_000),
            (6_000, 3_000),
        ] {
            assert_eq!(lived.at(ms(clock)), ms(at), "{clock}");
        }
    }
}
