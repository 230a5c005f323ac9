use health_core::health_check;

#[health_check(critical)]
const DATABASE: u8 = 0;

fn main() {}
