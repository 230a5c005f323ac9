use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// The monitor's own sense of time: the clock, less the time in which the whole process stood still.
///
/// A process that was stopped or throttled wakes up to deadlines that all seem missed. It is not
/// the checks that were late then, so that time does not count. Only the overshoot of the monitor's
/// own sleep is taken for that: what the monitor does itself, and how long it takes, excuses nobody.
#[derive(Debug)]
pub(crate) struct LivedTime {
    clock: Clock,
    begin: Instant,
    read: Instant,
    lost: Duration,
    /// The last standstills, oldest first.
    standstills: VecDeque<Standstill>,
}

/// A time in which the process did not run.
#[derive(Debug)]
struct Standstill {
    from: Instant,
    to: Instant,
    /// What was lost before.
    lost: Duration,
}

/// A sleep that is longer than it was to be by this is no scheduling delay: the process stood still.
const STOOD_STILL: Duration = Duration::from_millis(100);

/// How many standstills are remembered: what happened before the oldest is of no interest any more.
const REMEMBERED: usize = 64;

impl LivedTime {
    pub(crate) fn new(clock: Clock) -> LivedTime {
        let begin = clock.now();
        LivedTime {
            clock,
            begin,
            read: begin,
            lost: Duration::ZERO,
            standstills: VecDeque::new(),
        }
    }

    /// Reads the clock.
    pub(crate) fn read(&mut self) -> Instant {
        self.read = self.clock.now();
        self.read
    }

    /// Reads the clock behind a sleep that was to end at `wanted`; tells for how long the process stood still.
    pub(crate) fn wake(&mut self, wanted: Instant) -> Option<Duration> {
        let wanted = wanted.max(self.read);
        let woke = self.read();
        let overshoot = woke.saturating_duration_since(wanted);
        if overshoot < STOOD_STILL {
            return None;
        }
        if self.standstills.len() == REMEMBERED {
            self.standstills.pop_front();
        }
        self.standstills.push_back(Standstill {
            from: wanted,
            to: woke,
            lost: self.lost,
        });
        self.lost += overshoot;
        Some(overshoot)
    }

    /// The time of the last reading.
    pub(crate) fn now(&self) -> Instant {
        self.less(self.read, self.lost)
    }

    /// What an instant of the clock is in lived time.
    pub(crate) fn lived(&self, instant: Instant) -> Instant {
        let mut lost = self.lost;
        for standstill in self.standstills.iter().rev() {
            if instant >= standstill.to {
                break;
            }
            lost = standstill.lost;
            if instant >= standstill.from {
                return self.less(standstill.from, lost);
            }
        }
        self.less(instant, lost)
    }

    /// An instant without the time that was lost before it.
    fn less(&self, instant: Instant, lost: Duration) -> Instant {
        let age = instant.saturating_duration_since(self.begin);
        self.begin + age.saturating_sub(lost)
    }

    /// What an instant of lived time is on the clock.
    pub(crate) fn on_clock(&self, instant: Instant) -> Instant {
        instant + self.lost
    }
}

/// Keeps a fleet that starts together from asking together.
pub(crate) struct Jitter {
    /// A random number, at least 0.0 and below 1.0.
    random: Box<dyn FnMut() -> f64 + Send>,
}

impl Jitter {
    pub(crate) fn new(random: impl FnMut() -> f64 + Send + 'static) -> Jitter {
        Jitter {
            random: Box::new(random),
        }
    }

    pub(crate) fn random() -> Jitter {
        let mut random = fastrand::Rng::new();
        Jitter::new(move || random.f64())
    }

    /// A random part of a pause: for the first one, since varying it a little would leave a fleet in step.
    pub(crate) fn part_of(&mut self, pause: Duration) -> Duration {
        pause.mul_f64((self.random)())
    }

    /// A pause that is up to a tenth more or less.
    pub(crate) fn vary(&mut self, pause: Duration) -> Duration {
        pause.mul_f64(0.9 + 0.2 * (self.random)())
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jitter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_the_overshoot_of_a_sleep_is_a_standstill() {
        let mut time = LivedTime::new(Clock::Tokio);
        let begin = time.now();
        // The monitor works for ten seconds, and then sleeps as long as it wanted.
        tokio::time::advance(Duration::from_secs(10)).await;
        let slept_from = time.read();
        tokio::time::advance(Duration::from_millis(300)).await;
        assert_eq!(time.wake(slept_from + Duration::from_millis(250)), None);
        assert_eq!(time.now() - begin, Duration::from_millis(10_300));
        // A sleep until now takes a minute.
        tokio::time::advance(Duration::from_mins(1)).await;
        let wanted = time.on_clock(time.now());
        assert_eq!(time.wake(wanted), Some(Duration::from_mins(1)));
        assert_eq!(time.now() - begin, Duration::from_millis(10_300));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_that_is_too_long_by_a_tenth_of_a_second_is_a_standstill() {
        let ms = Duration::from_millis;
        for (overshoot, standstill) in [(99, None), (100, Some(ms(100))), (101, Some(ms(101)))] {
            let mut time = LivedTime::new(Clock::Tokio);
            let wanted = time.read() + ms(250);
            tokio::time::advance(ms(250 + overshoot)).await;
            assert_eq!(time.wake(wanted), standstill, "{overshoot} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_happened_before_a_standstill_keeps_its_time() {
        let mut time = LivedTime::new(Clock::Tokio);
        let begin = time.read();
        let at = |seconds| begin + Duration::from_secs(seconds);
        tokio::time::advance(Duration::from_secs(70)).await;
        time.wake(at(10));
        tokio::time::advance(Duration::from_secs(70)).await;
        time.wake(at(80));
        let lived = |seconds| (time.lived(at(seconds)) - begin).as_secs();
        let table = [
            (5, 5),
            (10, 10),
            (40, 10),
            (70, 10),
            (75, 15),
            (80, 20),
            (100, 20),
            (140, 20),
            (141, 21),
        ];
        for (on_clock, expected) in table {
            assert_eq!(lived(on_clock), expected, "{on_clock} s");
        }
    }

    #[test]
    fn a_fleet_that_starts_together_spreads_and_stays_spread() {
        let interval = Duration::from_secs(5);
        let mut jitter = Jitter::random();
        let mut asks = vec![0_u32; 200];
        for _ in 0..1_000 {
            let mut at = jitter.part_of(interval);
            while at < Duration::from_secs(20) {
                asks[usize::try_from(at.as_millis() / 100).unwrap()] += 1;
                at += jitter.vary(interval);
            }
        }
        let mean = asks.iter().sum::<u32>() / 200;
        let most = asks.iter().max().unwrap();
        assert!(*most <= 3 * mean, "{most} in 100 ms, {mean} on average");
    }
}
