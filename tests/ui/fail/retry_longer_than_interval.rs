use health_core::health_check;

#[health_check(liveness, retry = "10s", interval = "8s")]
fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
