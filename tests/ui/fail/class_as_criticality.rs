use health_core::health_check;

#[health_check(criticality = "high")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
