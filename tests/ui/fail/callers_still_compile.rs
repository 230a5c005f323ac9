use health_core::health_check;

mod features {
    pub const SEARCH: health_core::Feature = health_core::Feature::new("search");
}
use features::SEARCH;

#[health_check(critical, timeout = "2", needed_by(SEARCH))]
async fn wrong_attribute() -> Result<(), String> {
    Err(String::new())
}

#[health_check(critical, needed_by(SEARCH))]
async fn wrong_function<T>(_state: &T) -> Result<(), String> {
    Err(String::new())
}

fn main() {
    drop((wrong_attribute(), wrong_function(&0)));
}
