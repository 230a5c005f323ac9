use health_core::health_check;

#[health_check(critical)]
#[tokio::main]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
