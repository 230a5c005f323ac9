use health_core::health_check;

#[health_check(critical)]
async fn check() -> Option<u64> {
    None
}

fn main() {}
