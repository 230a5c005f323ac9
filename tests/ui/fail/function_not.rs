use health_core::health_check;

#[health_check(critical)]
struct Database;

fn main() {}
