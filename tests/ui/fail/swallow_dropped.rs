use health_core::health_check;

struct Pool;
impl Pool {
    async fn ping(&self) -> Result<(), String> {
        Err(String::new())
    }
}

#[health_check(critical)]
async fn check(pool: &Pool) -> Result<(), String> {
    drop(pool.ping().await);
    Ok(())
}

fn main() {}
