use health_core::health_check;

async fn ping() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<(), String> {
    Ok(ping().await.unwrap_or_default())
}

fn main() {}
