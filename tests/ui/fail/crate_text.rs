use health_core::health_check;

#[health_check(critical, crate = "my_crate::health_core")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
