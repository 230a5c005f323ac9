use health_core::health_check;

#[health_check(critical, timeout = 5000s)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
