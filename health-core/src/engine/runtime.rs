use std::time::{Duration, Instant};

use super::launch::Launcher;

/// Watches whether the application's runtime still runs tasks, in lived time.
#[derive(Debug)]
pub(crate) struct RuntimeWatch {
    limit: Duration,
    asked: Option<Asked>,
    lag: Option<Duration>,
    stalled: bool,
}

#[derive(Debug)]
struct Asked {
    at: Instant,
    /// Since when nothing but the application itself can be what holds the runtime.
    unexplained_since: Instant,
}

impl RuntimeWatch {
    pub(crate) fn new(limit: Duration) -> RuntimeWatch {
        RuntimeWatch {
            limit,
            asked: None,
            lag: None,
            stalled: false,
        }
    }

    /// Looks at the pending question, or asks one. While a check's own poll holds a worker, a stall
    /// is charged to that check and not to the application.
    pub(crate) fn look(&mut self, now: Instant, a_check_is_polling: bool, launcher: &Launcher) {
        match &mut self.asked {
            Some(asked) => {
                if a_check_is_polling {
                    asked.unexplained_since = now;
                }
                self.lag = Some(now.saturating_duration_since(asked.at));
                self.stalled = now.saturating_duration_since(asked.unexplained_since) > self.limit;
            }
            None => {
                if launcher.ping() {
                    self.asked = Some(Asked {
                        at: now,
                        unexplained_since: now,
                    });
                }
            }
        }
    }

    /// The runtime ran the task that it was asked to.
    pub(crate) fn ran(&mut self, at: Instant) {
        if let Some(asked) = self.asked.take() {
            self.lag = Some(at.saturating_duration_since(asked.at));
        }
        self.stalled = false;
    }

    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled
    }

    pub(crate) fn lag(&self) -> Option<Duration> {
        self.lag
    }
}
