use health_core::health_check;

#[health_check(critical, pass_after = 0)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
