use health_core::health_check;

#[health_check(critical, timout = "2s")]
async fn check(_pool: &u64) -> Result<(), String> {
    let size = pool.;
    Err(size.to_string())
}

fn main() {}
