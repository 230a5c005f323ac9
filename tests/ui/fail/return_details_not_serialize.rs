use health_core::health_check;

struct Stats;

#[health_check(critical)]
async fn check() -> Result<Stats, String> {
    Err(String::new())
}

fn main() {}
