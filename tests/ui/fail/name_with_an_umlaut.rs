use health_core::health_check;

#[health_check(critical, name = "größe")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
