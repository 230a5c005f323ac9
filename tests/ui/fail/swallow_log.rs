use health_core::health_check;

async fn ping() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<(), String> {
    if let Err(error) = ping().await {
        eprintln!("{error}");
    }
    Ok(())
}

fn main() {}
