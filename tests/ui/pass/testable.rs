//! The function stays what it was: called like any other, and constant-evaluated nowhere.

use health_core::health_check;

struct Consumer {
    stands: bool,
}

/// Fails when it stands.
#[health_check(liveness)]
fn consumer_moves(consumer: &Consumer) -> Result<(), &'static str> {
    if consumer.stands { Err("stands") } else { Ok(()) }
}

fn main() {
    assert_eq!(consumer_moves(&Consumer { stands: false }), Ok(()));
    assert_eq!(consumer_moves(&Consumer { stands: true }), Err("stands"));
    let pointer: fn(&Consumer) -> Result<(), &'static str> = consumer_moves;
    assert!(pointer(&Consumer { stands: true }).is_err());
}
