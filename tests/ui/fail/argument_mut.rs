use health_core::health_check;

#[health_check(critical)]
async fn check(_pool: &mut u64) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
