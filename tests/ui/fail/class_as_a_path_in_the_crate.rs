use health_core::health_check;

#[health_check(crate::Class::Critical)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
