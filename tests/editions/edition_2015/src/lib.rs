//! Checks in the edition 2015, which has no `async`.

#![deny(warnings)]

extern crate health_core;

mod inner {
    use health_core::{health_check, Feature};
    use std::sync::Arc;

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
    #[health_check(critical, timeout = "1s", needed_by(SEARCH, ::inner::SEARCH_TOO))]
    pub fn database(pool: &Pool, clock: Option<&dyn Clock>) -> Result<(), ::std::io::Error> {
        let _ = (pool, clock);
        ::std::fs::metadata("/").map(drop)
    }

    /// Another.
    pub const SEARCH_TOO: Feature = Feature::new("search-too");

    /// Looks at this process.
    ///
    /// # Errors
    ///
    /// When it stands.
    #[health_check(liveness, crate = ::health_core)]
    pub fn moves(pool: Arc<Pool>) -> Result<(), &'static str> {
        let holders = Arc::strong_count(&pool);
        drop(pool);
        if holders > 0 {
            Ok(())
        } else {
            Err("stands")
        }
    }
}

pub use inner::{database, moves, Clock, Pool, SEARCH, SEARCH_TOO};

/// Both.
pub fn all() -> [health_core::CheckRef; 2] {
    health_core::checks![database, inner::moves]
}
