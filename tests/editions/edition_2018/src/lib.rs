//! Checks in the edition 2018.

#![deny(warnings)]

use std::sync::Arc;

use health_core::{health_check, Feature};

/// A feature.
pub const SEARCH: Feature = Feature::new("search");

/// State.
#[derive(Debug)]
pub struct Pool;

/// State behind a trait.
pub trait Clock: Send + Sync {}

/// Asks the database.
///
/// # Errors
///
/// When it is down.
#[health_check(critical, timeout = "1s", needed_by(SEARCH), crate = health_core)]
pub async fn database(pool: &Pool, clock: Option<&dyn Clock>) -> Result<(), std::io::Error> {
    let _ = (pool, clock);
    std::fs::metadata("/").map(drop)
}

/// Looks at this process.
///
/// # Errors
///
/// When it stands.
#[health_check(liveness)]
pub fn moves(pool: Arc<Pool>) -> Result<(), &'static str> {
    let holders = Arc::strong_count(&pool);
    drop(pool);
    if holders > 0 {
        Ok(())
    } else {
        Err("stands")
    }
}

/// Both.
pub fn all() -> [health_core::CheckRef; 2] {
    health_core::checks![database, moves]
}
