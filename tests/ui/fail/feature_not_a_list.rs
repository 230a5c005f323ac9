use health_core::health_check;

pub const SEARCH: health_core::Feature = health_core::Feature::new("search");

#[health_check(critical, needed_by = SEARCH)]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
