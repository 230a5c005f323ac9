use health_core::health_check;

#[health_check(critical, local = "it asks its own listener")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
