use std::time::{Duration, Instant};

/// Where the engine's time comes from: always monotonic.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The machine's.
    System,
    /// Tokio's, which a test can pause; read only on that test's runtime.
    #[cfg(any(test, feature = "test-util"))]
    Tokio,
}

impl Clock {
    pub(crate) fn now(self) -> Instant {
        match self {
            Clock::System => Instant::now(),
            #[cfg(any(test, feature = "test-util"))]
            Clock::Tokio => tokio::time::Instant::now().into_std(),
        }
    }

    pub(crate) async fn sleep_until(self, instant: Instant) {
        tokio::time::sleep_until(instant.into()).await;
    }
}

/// The monitor's own sense of time: the clock, less the time in which the whole process stood still.
///
/// A process that was stopped or throttled wakes up to deadlines that all seem missed. It is not
/// the checks that were late then, so that time does not count.
#[derive(Debug)]
pub(crate) struct LivedTime {
    clock: Clock,
    last: Instant,
    lost: Duration,
}

/// The monitor looks around at least this often.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// A tick later than this is no scheduling delay: the process stood still.
const STOOD_STILL: Duration = Duration::from_millis(750);

impl LivedTime {
    pub(crate) fn new(clock: Clock) -> LivedTime {
        LivedTime {
            clock,
            last: clock.now(),
            lost: Duration::ZERO,
        }
    }

    /// Reads the clock; says whether the process stood still since the last reading.
    pub(crate) fn pass(&mut self) -> bool {
        let now = self.clock.now();
        let gap = now.saturating_duration_since(self.last);
        self.last = now;
        if gap < STOOD_STILL {
            return false;
        }
        self.lost += gap.saturating_sub(TICK);
        true
    }

    /// The time of the last reading.
    pub(crate) fn now(&self) -> Instant {
        self.lived(self.last)
    }

    /// What an instant of the clock is in lived time.
    pub(crate) fn lived(&self, instant: Instant) -> Instant {
        instant.checked_sub(self.lost).unwrap_or(instant)
    }

    /// What an instant of lived time is on the clock.
    pub(crate) fn on_clock(&self, instant: Instant) -> Instant {
        instant + self.lost
    }
}
