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
            Clock::Simulated => crate::simulation::now(),
        }
    }

    /// Returns the time of day, for display alone.
    pub(crate) fn wall(self) -> SystemTime {
        match self {
            #[cfg(feature = "__simulation")]
            Clock::Simulated => crate::simulation::wall(),
            _ => SystemTime::now(),
        }
    }

    #[cfg(feature = "engine")]
    pub(crate) async fn sleep_until(self, instant: Instant) {
        match self {
            #[cfg(feature = "__simulation")]
            Clock::Simulated => crate::simulation::sleep_until(instant).await,
            _ => tokio::time::sleep_until(instant.into()).await,
        }
    }
}
