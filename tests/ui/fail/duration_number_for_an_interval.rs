use health_core::health_check;

#[health_check(critical, interval = 30000)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
