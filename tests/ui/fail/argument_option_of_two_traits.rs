use health_core::health_check;

use std::sync::Arc;

trait Clock: Send + Sync {}

#[health_check(critical)]
async fn check(_clock: Option<Arc<dyn Clock + Unpin>>) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
