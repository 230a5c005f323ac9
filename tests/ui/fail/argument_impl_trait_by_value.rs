use health_core::health_check;

#[health_check(critical)]
async fn check(_pool: impl Clone + Send) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
