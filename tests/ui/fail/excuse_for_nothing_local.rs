use health_core::health_check;

#[health_check(liveness, local = "it asks its own listener")]
fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
