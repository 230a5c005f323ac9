use health_core::health_check;
use std::sync::RwLock;

#[health_check(critical)]
fn check(lock: &RwLock<u8>) -> Result<(), String> {
    let _ = lock.read();
    Ok(())
}

fn main() {}
