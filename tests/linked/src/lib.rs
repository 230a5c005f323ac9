//! A library that only declares checks, as an application's other crates do.

use std::sync::atomic::{AtomicBool, Ordering};

use health_core::health_check;

/// Where mail goes.
#[derive(Debug, Default)]
pub struct Mailer {
    /// Whether it can be reached.
    pub reachable: AtomicBool,
}

/// Mail is late while this fails.
///
/// # Errors
///
/// When the mailer cannot be reached.
#[health_check(degraded)]
pub fn mailer(mailer: &Mailer) -> Result<(), &'static str> {
    if mailer.reachable.load(Ordering::Relaxed) {
        Ok(())
    } else {
        Err("unreachable")
    }
}

/// A function like any other.
pub fn not_a_check() {}
