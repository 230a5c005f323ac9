//! The atomics of the small shared cells, which a model checker can take the place of:
//! `RUSTFLAGS="--cfg health_loom" cargo test -p health-core --lib models`.

#[cfg(not(health_loom))]
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

#[cfg(health_loom)]
pub(crate) use loom::sync::atomic::{AtomicU8, AtomicU64, Ordering};
