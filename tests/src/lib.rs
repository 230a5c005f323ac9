//! What the tests share; those of this package are little services in `tests/`.

pub mod balancer;
mod http;
mod leap;
mod load;
mod log;
mod proxy;
mod server;
mod snippet;

pub use http::{Answer, get, request};
pub use leap::leap;
pub use load::{Counts, Load};
pub use log::{Line, Log};
pub use proxy::{Network, Proxy};
pub use server::{Server, free_port, missing, say, terminate, unprivileged};
pub use snippet::{documented, installed, snippet};

pub mod grpc;
pub mod stage;
pub mod stranger;
pub mod threads;
pub mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use health_core::{Builder, Health, Reason, Status, Verdict};

/// A service that has just the checks that a test gives it.
pub fn service() -> Builder {
    Health::builder().only([])
}

/// The verdict of a critical or degraded-class check.
///
/// # Panics
///
/// When there is no such check.
pub fn verdict(health: &Health, check: &str) -> (Status, Option<Reason>) {
    let readiness = health.readiness();
    let found = readiness
        .critical
        .get(check)
        .or_else(|| readiness.degraded.get(check));
    let Verdict { status, reason, .. } = found.expect("a check of this name");
    (status, reason)
}

/// Waits until something holds; the limit only keeps a broken test from running for ever.
///
/// # Panics
///
/// When it does not hold within 30 s.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within 30 s: {what}");
}

/// Counts how many are inside at the same time, and how many ever were.
#[derive(Clone, Debug, Default)]
pub struct Gauge {
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    ever: Arc<AtomicUsize>,
}

/// One that is inside, until it is dropped.
#[derive(Debug)]
pub struct Inside(Arc<AtomicUsize>);

impl Gauge {
    /// Goes in.
    #[must_use]
    pub fn enter(&self) -> Inside {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.ever.fetch_add(1, Ordering::SeqCst);
        Inside(Arc::clone(&self.inside))
    }

    /// The most that were inside at the same time.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// How many ever went in.
    pub fn ever(&self) -> usize {
        self.ever.load(Ordering::SeqCst)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The code of the README must compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

/// A check made by hand whose error can never be made is refused when it is built into a program.
///
/// Not among the cases in `ui/`, since what the compiler quotes there of std depends on what is installed.
///
/// ```compile_fail,E0080
/// use health_core::Check;
/// use std::convert::Infallible;
///
/// let _ = Check::critical("database", || async { Ok::<(), Infallible>(()) });
/// ```
///
/// ```
/// use health_core::Check;
///
/// let _ = Check::critical("database", || async { Ok::<(), std::io::Error>(()) });
/// ```
#[cfg(doctest)]
#[derive(Debug)]
pub struct NeverFails;
