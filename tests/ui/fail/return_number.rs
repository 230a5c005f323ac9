use health_core::health_check;

#[health_check(critical)]
async fn check() -> u64 {
    0
}

fn main() {}
