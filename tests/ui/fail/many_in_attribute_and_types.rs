use health_core::health_check;

struct Pool;

#[health_check(critical, timeot = "2s", needed_by("search"))]
async fn check(_pool: Pool) -> bool {
    drop(_pool);
    true
}

fn main() {}
