use health_core::health_check;

#[health_check(critical, name = "Orders Database")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
