use health_core::health_check;

#[health_check(critical, retry = "10s")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
