use health_core::health_check;

#[health_check(critical, timeout = Duration::from_secs(1))]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
