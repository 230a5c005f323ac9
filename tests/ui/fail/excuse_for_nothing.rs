use health_core::health_check;

#[health_check(critical, ignores_errors = "the deadline is the check")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
