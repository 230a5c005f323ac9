use health_core::health_check;

#[health_check(critical, timout = "1s")]
async fn one() -> Result<(), String> {
    Err(String::new())
}

#[health_check(liveness)]
async fn two() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn three() -> Result<(), String> {
    Ok(())
}

fn main() {
    drop((one(), two(), three()));
}
