use health_core::health_check;

struct Pool;
impl Pool {
    async fn ping(&self) -> Result<(), String> {
        Err(String::new())
    }
}

#[health_check(critical)]
async fn check(pool: &Pool) -> Result<(), String> {
    for _ in 0..3 {
        if pool.ping().await.is_ok() {
            return Ok(());
        }
    }
    Ok(())
}

fn main() {}
