use health_core::health_check;

#[health_check(liveness)]
fn check(runtime: &tokio::runtime::Handle) -> Result<(), String> {
    runtime.block_on(async { Err(String::new()) })
}

fn main() {}
