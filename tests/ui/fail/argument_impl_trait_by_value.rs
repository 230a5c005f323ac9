use health_core::health_check;

trait Clock: Send + Sync {}

#[health_check(critical)]
async fn check(_pool: impl Clock + Send) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
