use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), u64> {
    Err(0)
}

fn main() {}
