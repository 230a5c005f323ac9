use health_core::health_check;

#[health_check(critical)]
async fn check<T: Sync>(_pool: &T) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
