use health_core::health_check;

#[allow(dead_code)]
const TIMEOUT: &str = "3s";

#[health_check(critical, timeout = TIMEOUT)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
