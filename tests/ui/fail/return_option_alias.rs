use health_core::health_check;

type Maybe = Option<u64>;

#[health_check(critical)]
async fn check() -> Maybe {
    None
}

fn main() {}
