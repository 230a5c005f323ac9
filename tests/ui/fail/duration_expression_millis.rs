use health_core::health_check;

#[health_check(critical, timeout = std::time::Duration::from_millis(1_500))]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
