use health_core::health_check;

#[health_check(critical)]
#[health_check(degraded, name = "other")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
