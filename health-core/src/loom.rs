//! The atomics of the small shared cells, which a model checker can take the place of:
//! `RUSTFLAGS="--cfg health_loom" cargo test -p health-core --lib models`.

#[cfg(health_loom)]
use loom::sync::atomic;
#[cfg(not(health_loom))]
use std::sync::atomic;

#[cfg(feature = "engine")]
pub(crate) use atomic::AtomicU8;
pub(crate) use atomic::{AtomicU64, Ordering};
