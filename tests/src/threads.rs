//! Runtimes on real threads, and what holds their workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

/// A runtime of so many workers.
///
/// # Panics
///
/// When the system gives no threads.
pub fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(count)
        .enable_all()
        .build()
        .expect("the system gives threads")
}

/// Waits on this thread, which no runtime can block; the limit only keeps a broken test from running for ever.
///
/// # Panics
///
/// When it does not hold within 30 s.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "not within 30 s: {what}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// Holds threads while it is closed; open at the latest when the test ends or fails.
#[derive(Debug, Default)]
pub struct Barrier(Arc<Shared>);

/// What is given to those that are to be held.
#[derive(Clone, Debug)]
pub struct Held(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_closed: AtomicBool,
    has_held: AtomicBool,
}

impl Barrier {
    /// Holds who comes from now on.
    pub fn close(&self) {
        self.0.is_closed.store(true, Ordering::SeqCst);
    }

    /// Lets everybody go.
    pub fn open(&self) {
        self.0.is_closed.store(false, Ordering::SeqCst);
    }

    /// Whether somebody was ever held.
    pub fn has_held(&self) -> bool {
        self.0.has_held.load(Ordering::SeqCst)
    }

    /// For those that are to be held.
    pub fn held(&self) -> Held {
        Held(Arc::clone(&self.0))
    }
}

impl Held {
    /// Holds this thread while the barrier is closed.
    pub fn pass(&self) {
        while self.0.is_closed.load(Ordering::SeqCst) {
            self.0.has_held.store(true, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether somebody was ever held.
    pub fn has_held(&self) -> bool {
        self.0.has_held.load(Ordering::SeqCst)
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        self.open();
    }
}
