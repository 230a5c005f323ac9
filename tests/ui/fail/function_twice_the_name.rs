use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
