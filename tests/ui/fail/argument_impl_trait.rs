use health_core::health_check;

#[health_check(critical)]
async fn check(_pool: &(impl Clone + Sync)) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
