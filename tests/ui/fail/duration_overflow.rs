use health_core::health_check;

#[health_check(critical, interval = "99999999999999999999s")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
