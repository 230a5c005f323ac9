use health_core::{Feature, health_check};

const SEARCH: Feature = Feature::new("search");

#[health_check(critical, needed_by = [SEARCH])]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
