use health_core::health_check;

#[health_check(critical, failureThreshold = 3)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
