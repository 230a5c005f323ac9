use health_core::health_check;

use std::sync::Arc;

struct Pool;
struct State<T>(T);

#[health_check(critical)]
async fn check(State(_pool): State<Arc<Pool>>) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
