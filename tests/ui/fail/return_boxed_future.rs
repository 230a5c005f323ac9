use health_core::health_check;

use std::pin::Pin;

#[health_check(critical)]
fn check() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
    Box::pin(async { Err(String::new()) })
}

fn main() {}
