use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

static EVER: AtomicU64 = AtomicU64::new(0);
static INSIDE: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

/// One run of this process's check, until it is dropped.
#[derive(Debug)]
pub(crate) struct Run;

/// Counts a run that begins.
pub(crate) fn run() -> Run {
    EVER.fetch_add(1, Ordering::SeqCst);
    let inside = INSIDE.fetch_add(1, Ordering::SeqCst) + 1;
    MOST.fetch_max(inside, Ordering::SeqCst);
    Run
}

impl Drop for Run {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How many runs there were.
pub(crate) fn ever() -> u64 {
    EVER.load(Ordering::SeqCst)
}

/// How many runs there were, and how many at the same time.
pub(crate) fn counts() -> Value {
    json!({ "runs": ever(), "most": MOST.load(Ordering::SeqCst) })
}
