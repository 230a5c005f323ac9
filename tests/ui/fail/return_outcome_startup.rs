use health_core::{Outcome, health_check};

#[health_check(startup)]
async fn check() -> Outcome {
    Outcome::passed()
}

fn main() {}
