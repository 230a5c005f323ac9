#![no_implicit_prelude]
#![forbid(unsafe_code)]

use ::health_core::health_check;

struct Pool;

/// Said twice.
#[health_check(critical, timeout = "1s", name = "the-database")]
async fn database(pool: &Pool, maybe: ::std::option::Option<&Pool>) -> ::std::result::Result<(), &'static str> {
    let _ = (pool, maybe);
    ::std::result::Result::Err("down")
}

#[health_check(liveness)]
#[doc = "computed"]
fn moves(pool: ::std::sync::Arc<Pool>) -> ::std::result::Result<(), &'static str> {
    ::std::mem::drop(pool);
    ::std::result::Result::Err("down")
}

fn main() {
    let checks = ::health_core::checks![database, moves];
    let _ = checks;
}
