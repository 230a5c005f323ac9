use health_core::health_check;

#[health_check(critical)]
#[test]
fn check() {}

fn main() {}
