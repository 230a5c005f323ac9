use std::time::{Instant, SystemTime};

/// Where a service's time comes from: always monotonic.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The machine's.
    System,
    /// Tokio's, which a test can pause; read only on that test's runtime.
    #[cfg(any(test, feature = "test-util"))]
    Tokio,
    /// A simulation's, which belongs to the thread that reads it.
    #[cfg(feature = "__simulation")]
    Simulated,
}

impl Clock {
    /// The clock of whoever is not told of a better one: that of the runtime here, where a test may pause it.
    pub(crate) fn ambient() -> Clock {
        #[cfg(any(test, feature = "test-util"))]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Clock::Tokio;
        }
        Clock::System
    }

    pub(crate) fn now(self) -> Instant {
        match self {
            Clock::System => Instant::now(),
            #[cfg(any(test, feature = "test-util"))]
            Clock::Tokio => tokio::time::Instant::now().into_std(),
            #[cfg(feature = "__simulation")]
            Clock::Simulated => simulated::now(),
        }
    }

    /// Returns the time of day, for display alone.
    pub(crate) fn wall(self) -> SystemTime {
        match self {
            #[cfg(feature = "__simulation")]
            Clock::Simulated => simulated::wall(),
            _ => SystemTime::now(),
        }
    }

    #[cfg(feature = "engine")]
    pub(crate) async fn sleep_until(self, instant: Instant) {
        match self {
            #[cfg(feature = "__simulation")]
            Clock::Simulated => simulated::sleep_until(instant).await,
            _ => tokio::time::sleep_until(instant.into()).await,
        }
    }
}

/// The clock of a simulation: each thread has its own.
#[cfg(feature = "__simulation")]
pub(crate) mod simulated {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::sync::LazyLock;
    use std::task::Poll;
    use std::time::{Duration, Instant, SystemTime};

    static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

    thread_local! {
        static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
        static WALL: Cell<SystemTime> = const { Cell::new(SystemTime::UNIX_EPOCH) };
        static WAKES: Cell<Option<Duration>> = const { Cell::new(None) };
        /// How often it was read since it was set.
        static READ: Cell<u32> = const { Cell::new(0) };
    }

    /// Nobody who does not go round in circles reads it so often while it stands still.
    const SPINS: u32 = 100_000;

    pub(crate) fn set_now(since_epoch: Duration) {
        NOW.set(since_epoch);
        READ.set(0);
    }

    pub(crate) fn set_wall(wall: SystemTime) {
        WALL.set(wall);
    }

    pub(crate) fn now() -> Instant {
        let read = READ.get() + 1;
        // What is dropped by the panic may read it again.
        READ.set(read % SPINS);
        assert!(
            read < SPINS,
            "the monitor spins: it goes on while the clock stands still"
        );
        *EPOCH + NOW.get()
    }

    pub(crate) fn wall() -> SystemTime {
        WALL.get()
    }

    pub(crate) async fn sleep_until(instant: Instant) {
        poll_fn(|_| {
            if now() >= instant {
                return Poll::Ready(());
            }
            WAKES.set(Some(instant.saturating_duration_since(*EPOCH)));
            Poll::Pending
        })
        .await;
    }

    /// When whoever sleeps wants to be woken.
    pub(crate) fn wakes() -> Option<Duration> {
        WAKES.get()
    }

    pub(crate) fn forget_wakes() {
        WAKES.set(None);
    }
}

#[cfg(all(test, feature = "__simulation"))]
mod tests {
    use std::time::Duration;

    use super::simulated::{now, set_now};

    #[test]
    #[should_panic(expected = "the monitor spins")]
    fn who_goes_on_while_the_clock_stands_still_spins() {
        loop {
            now();
        }
    }

    #[test]
    fn a_clock_that_moves_is_read_for_ever() {
        for micros in 0..500_000 {
            set_now(Duration::from_micros(micros));
            now();
        }
    }
}
