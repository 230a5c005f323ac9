use health_core::{Outcome, health_check};

async fn ping() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<Outcome, String> {
    let _ = ping().await;
    Ok(Outcome::passed())
}

fn main() {}
