//! Annotated functions that `macro_rules!` produces, from every kind of fragment.

#![deny(warnings)]

use health_core::{Feature, health_check};

const SEARCH: Feature = Feature::new("search");

macro_rules! check {
    (
        $(#[$meta:meta])* $vis:vis $name:ident($arg:ident: $ty:ty) -> $ret:ty,
        $class:ident, $timeout:literal, $count:literal, $feature:path, $text:literal, $doc:expr, $body:block
    ) => {
        $(#[$meta])*
        #[doc = $doc]
        #[health_check($class, timeout = $timeout, fail_after = $count, needed_by($feature), name = $text)]
        $vis async fn $name($arg: $ty) -> $ret $body
    };
}

struct Pool;

check!(
    /// Documented.
    #[inline]
    pub(crate) database(pool: &Pool) -> Result<(), String>,
    critical, "2s", 3, SEARCH, "the-database", concat!("Asks ", "it."), {
        let _ = pool;
        Err(String::new())
    }
);
check!(index(pool: Option<&Pool>) -> Result<(), String>, degraded, "1s", 1, crate::SEARCH, "the-index", "Asks it.", {
    pool.map(drop).ok_or_else(String::new)
});

macro_rules! whole {
    ($item:item) => {
        #[health_check(critical)]
        $item
    };
}

whole! {
    /// Whole.
    async fn whole(pool: &Pool) -> Result<(), String> {
        let _ = pool;
        Err(String::new())
    }
}

macro_rules! state {
    ($state:ty, $error:ty, $options:tt) => {
        #[health_check $options]
        fn state(state: &$state, maybe: Option<&$state>) -> Result<(), $error> {
            let _ = (state, maybe);
            Err(Default::default())
        }
    };
}

state!(dyn Send + Sync, String, (liveness, name = "moves"));

fn main() {}
