use health_core::health_check;

async fn ping() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<(), String> {
    match ping().await {
        Ok(()) => Ok(()),
        Err(_) => Ok(()),
    }
}

fn main() {}
