use health_core::health_check;

#[health_check(startup, interval = "5")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
