use health_core::health_check;

#[health_check(level = "critical")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
