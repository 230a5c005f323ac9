use health_core::health_check;

trait Clock: Send + Sync {}
type Shared = dyn Clock;

#[health_check(critical)]
async fn check(_clock: &Shared) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
