//! The world as the monitor sees it: who begins its runs and takes its pings.

use std::sync::Mutex;

use crate::door;

/// Keeps what the monitor hands out until the driver takes it.
#[derive(Debug)]
pub(crate) struct World {
    handed: Mutex<Handed>,
    random: f64,
    workers: usize,
}

#[derive(Default)]
pub(crate) struct Handed {
    pub(crate) runs: Vec<(String, door::Run)>,
    pub(crate) pings: Vec<door::Ping>,
}

impl World {
    pub(crate) fn new(random: f64, workers: usize) -> World {
        World {
            handed: Mutex::default(),
            random,
            workers,
        }
    }

    /// Takes what was handed out since the last time.
    pub(crate) fn take(&self) -> Handed {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Handed> {
        self.handed.lock().expect("nothing panics while it is held")
    }
}

impl door::World for World {
    fn launch(&self, check: &str, run: door::Run) {
        self.lock().runs.push((check.to_owned(), run));
    }

    fn ping(&self, ping: door::Ping) {
        self.lock().pings.push(ping);
    }

    fn random(&self) -> f64 {
        self.random
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handed")
            .field("runs", &self.runs.len())
            .field("pings", &self.pings.len())
            .finish()
    }
}
