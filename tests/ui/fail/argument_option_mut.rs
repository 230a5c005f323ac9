use health_core::health_check;

#[health_check(critical)]
async fn check(_pool: Option<&mut u64>) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
