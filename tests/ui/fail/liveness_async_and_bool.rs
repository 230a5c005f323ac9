use health_core::health_check;

#[health_check(liveness)]
async fn check() -> bool {
    true
}

fn main() {}
