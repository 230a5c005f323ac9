use health_core::health_check;

#[health_check(critical, initialDelaySeconds = 5)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
