use health_core::health_check;

const SEARCH: &str = "search";

#[health_check(critical, needed_by(SEARCH))]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
