use health_core::health_check;

trait Clock: Send + Sync {}

#[health_check(critical)]
async fn check(_pool: &(impl Clock + Sync)) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
