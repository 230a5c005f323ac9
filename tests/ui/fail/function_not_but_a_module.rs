use health_core::health_check;

#[health_check(critical)]
mod database {}

fn main() {}
