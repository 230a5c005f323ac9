use health_core::health_check;

#[health_check(critical, timeoutSeconds = 30)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
