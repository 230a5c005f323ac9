use health_core::{Outcome, health_check};

#[health_check(liveness)]
fn check() -> Result<Outcome, String> {
    Err(String::new())
}

fn main() {}
