//! Other attributes and doc comments, in any order.

#![deny(warnings, missing_docs)]

use health_core::health_check;

/// First.
#[inline]
/// Second.
#[health_check(critical)]
/// Third.
#[allow(clippy::unused_async)]
#[doc = concat!("Fourth: ", stringify!(mixed), ".")]
#[doc(hidden)]
#[must_use]
pub async fn mixed() -> Result<(), String> {
    Err(String::new())
}

/** A block,
    over two lines. */
#[health_check(critical)]
pub async fn block() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
#[doc = include_str!("attributes.rs")]
#[expect(dead_code, unused_variables)]
fn included(state: &u64) -> Result<(), String> {
    fn never() {}
    Err(String::new())
}

fn main() {}
