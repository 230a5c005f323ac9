//! As strict as a crate can be.

#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, unused, future_incompatible, nonstandard_style, let_underscore)]
#![deny(rust_2018_idioms, rust_2021_compatibility, rust_2024_compatibility)]
#![deny(
    absolute_paths_not_starting_with_crate, elided_lifetimes_in_paths, explicit_outlives_requirements,
    keyword_idents, macro_use_extern_crate, meta_variable_misuse, missing_abi,
    missing_copy_implementations, missing_debug_implementations, non_ascii_idents,
    redundant_imports, redundant_lifetimes, single_use_lifetimes, trivial_casts,
    trivial_numeric_casts, unit_bindings, unreachable_pub, unsafe_code, unused_extern_crates,
    unused_import_braces, unused_lifetimes, unused_macro_rules, unused_qualifications,
    unused_results, variant_size_differences
)]

use health_core::{Feature, Outcome, health_check};
use std::sync::Arc;

const SEARCH: Feature = Feature::new("search");

struct Pool;

/// Asks the database.
#[health_check(critical, timeout = "1s", interval = "5s", retry = "1s", fail_after = 2, pass_after = 1, needed_by(SEARCH))]
async fn database(pool: &Pool, other: Arc<Pool>, maybe: Option<&Pool>) -> Result<(), std::io::Error> {
    drop((pool, other, maybe));
    Err(std::io::Error::other("down"))
}

/// Asks the index.
#[health_check(degraded)]
async fn index() -> Outcome {
    Outcome::degraded("slow")
}

/// Looks at the disk.
#[health_check(startup)]
fn disk() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("down"))
}

#[must_use]
#[inline]
#[health_check(liveness)]
fn moves() -> Result<(), &'static str> {
    Err("down")
}

#[deprecated = "for a while"]
#[health_check(liveness)]
#[cold]
fn old() -> Result<(), &'static str> {
    Err("down")
}

fn main() {}
