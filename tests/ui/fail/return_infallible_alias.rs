use health_core::health_check;

type Answer = Result<(), std::convert::Infallible>;

#[health_check(critical)]
async fn check() -> Answer {
    loop {}
}

fn main() {}
