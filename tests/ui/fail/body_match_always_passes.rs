use health_core::health_check;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[health_check(critical)]
fn check(leader: &AtomicBool) -> Result<&'static str, String> {
    match leader.load(Relaxed) {
        true => Ok("primary"),
        false => Ok("replica"),
    }
}

fn main() {}
