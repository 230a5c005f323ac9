use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

/// Where the listener says what went wrong: one line of a kind every ten seconds, however much there is.
///
/// A thread of its own writes, so that a subscriber that takes its time delays no answer.
#[derive(Clone, Debug)]
pub(super) struct Log(Arc<Shared>);

/// Ends the log's thread when it is dropped, after what is still to be said.
#[derive(Debug)]
pub(super) struct LogEnd(Log);

#[derive(Debug, Default)]
struct Shared {
    news: Mutex<News>,
    changed: Condvar,
}

/// What was not yet told.
#[derive(Debug, Default)]
struct News {
    /// How often no connection could be accepted, and why at last.
    not_accepted: Option<(u64, String)>,
    /// How many answers could not be made.
    panics: u64,
    ended: bool,
}

const PAUSE: Duration = Duration::from_secs(10);

impl Log {
    /// Starts the log's thread; it writes through the subscriber that is current here.
    pub(super) fn start() -> io::Result<(Log, LogEnd)> {
        let log = Log(Arc::default());
        let dispatch = tracing::dispatcher::get_default(Dispatch::clone);
        let dispatch = (!dispatch.is::<NoSubscriber>()).then_some(dispatch);
        let writer = log.clone();
        thread::Builder::new()
            .name("health-listener-log".into())
            .spawn(move || writer.write_all(dispatch.as_ref()))?;
        Ok((log.clone(), LogEnd(log)))
    }

    /// A connection could not be accepted, and not because its client is gone.
    pub(super) fn not_accepted(&self, error: &io::Error) {
        let mut news = self.news();
        let before = news.not_accepted.as_ref().map_or(0, |(times, _)| *times);
        news.not_accepted = Some((before + 1, error.to_string()));
        self.0.changed.notify_all();
    }

    /// The making of an answer panicked.
    pub(super) fn panicked(&self) {
        self.news().panics += 1;
        self.0.changed.notify_all();
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.0.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, dispatch: Option<&Dispatch>) {
        loop {
            let changed = &self.0.changed;
            let waits = changed.wait_while(self.news(), |news| news.is_empty() && !news.ended);
            let mut waits = waits.unwrap_or_else(PoisonError::into_inner);
            let ended = waits.ended;
            let news = std::mem::take(&mut *waits);
            waits.ended = ended;
            drop(waits);
            // The panics of a subscriber must not end whoever writes.
            let written = catch_unwind(AssertUnwindSafe(|| match dispatch {
                Some(dispatch) => tracing::dispatcher::with_default(dispatch, || news.write()),
                None => news.write(),
            }));
            if let Err(payload) = written {
                std::mem::forget(payload);
            }
            if ended {
                return;
            }
            let pause = changed.wait_timeout_while(self.news(), PAUSE, |news| !news.ended);
            drop(pause.unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Drop for LogEnd {
    fn drop(&mut self) {
        self.0.news().ended = true;
        self.0.0.changed.notify_all();
    }
}

impl News {
    fn is_empty(&self) -> bool {
        self.not_accepted.is_none() && self.panics == 0
    }

    fn write(&self) {
        if let Some((times, error)) = &self.not_accepted {
            tracing::warn!(target: "health_http", error, times, "the health listener could not accept a connection");
        }
        if self.panics > 0 {
            tracing::error!(target: "health_http", times = self.panics, "the answer to a health probe panicked");
        }
    }
}
