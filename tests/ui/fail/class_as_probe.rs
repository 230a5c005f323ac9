use health_core::health_check;

#[health_check(probe = liveness)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
