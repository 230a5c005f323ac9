use health_core::health_check;

#[health_check(critical, period = 10)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
