use health_core::{Outcome, health_check};

#[health_check(degraded)]
async fn check() -> Outcome {
    Outcome::passed()
}

fn main() {}
