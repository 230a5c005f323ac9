use health_core::health_check;

#[health_check(critical, timeout = 30000)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
