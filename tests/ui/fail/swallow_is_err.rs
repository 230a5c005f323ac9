use health_core::health_check;

async fn ping() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<(), String> {
    if ping().await.is_err() {
        eprintln!("down");
    }
    Ok(())
}

fn main() {}
