use health_core::health_check;

type Up = bool;

#[health_check(critical)]
async fn check() -> Result<Up, String> {
    Err(String::new())
}

fn main() {}
