use health_core::health_check;

#[health_check(critical)]
async fn check(_ask: fn() -> bool) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
