use health_core::health_check;

struct Database;

#[health_check(critical)]
impl Database {}

fn main() {}
