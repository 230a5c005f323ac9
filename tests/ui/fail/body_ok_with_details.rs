use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<&'static str, String> {
    Ok("fine")
}

fn main() {}
