use health_core::health_check;

#[health_check(critical)]
async fn check(_pool: &u64, x) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
