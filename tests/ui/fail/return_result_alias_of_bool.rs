use health_core::health_check;

type Answer = std::io::Result<bool>;

#[health_check(critical)]
async fn check() -> Answer {
    Err(std::io::Error::other(""))
}

fn main() {}
