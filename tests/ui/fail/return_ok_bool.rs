use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<bool, String> {
    Ok(false)
}

fn main() {}
