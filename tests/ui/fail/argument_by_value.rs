use health_core::health_check;

struct Pool;

#[health_check(critical)]
async fn check(_pool: Pool) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
