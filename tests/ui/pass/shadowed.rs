//! The prelude's names stand for other things.

#![allow(dead_code, non_camel_case_types, unused_macros)]

use health_core::health_check;

struct Option;
struct Result;
struct String;
struct Some;
struct None;
struct Ok;
struct Err;
struct Arc;
struct Box;
struct Vec;
struct Duration;
struct Class;
struct Critical;
struct Outcome;
struct Work;
struct Location;
struct Send;
struct str;
struct u64;
struct bool;
trait Clone {}
trait Into {}
mod std {}
mod core {}
mod inventory {}
mod health_macros {}

macro_rules! concat { () => {} }
macro_rules! stringify { () => {} }
macro_rules! submit { () => {} }

#[health_check(critical, timeout = "1s", fail_after = 3)]
async fn database(pool: &Pool) -> ::std::result::Result<(), &'static ::std::primitive::str> {
    let _ = pool;
    ::std::result::Result::Err("down")
}

#[health_check(liveness)]
fn moves(pool: ::std::sync::Arc<Pool>) -> ::std::result::Result<(), &'static ::std::primitive::str> {
    ::std::mem::drop(pool);
    ::std::result::Result::Err("down")
}

struct Pool;

fn main() {
    let checks = health_core::checks![database, moves];
    let _ = checks;
}
