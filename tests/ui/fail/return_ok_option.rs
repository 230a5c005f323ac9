use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<Option<u64>, String> {
    Err(String::new())
}

fn main() {}
