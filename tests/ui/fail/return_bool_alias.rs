use health_core::health_check;

type Up = bool;

#[health_check(critical)]
async fn check() -> Up {
    true
}

fn main() {}
