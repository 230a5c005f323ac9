use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<Result<(), String>, String> {
    Err(String::new())
}

fn main() {}
