use health_core::health_check;

#[health_check(critical, interval = "1m30")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
