use health_core::health_check;

trait Clock {}

#[health_check(critical)]
async fn check(_clock: &dyn Clock) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
