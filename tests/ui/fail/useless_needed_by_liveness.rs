use health_core::health_check;

const SEARCH: health_core::Feature = health_core::Feature::new("search");

#[health_check(liveness, needed_by(SEARCH))]
fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
