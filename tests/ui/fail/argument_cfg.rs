use health_core::health_check;

#[health_check(critical)]
async fn check(#[cfg(all())] _pool: &u64) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
