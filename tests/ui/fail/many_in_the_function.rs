use health_core::health_check;

#[health_check(critical)]
unsafe fn Check<T>(_: &T, (_a, _b): &(u8, u8), _c: &mut u8) {}

fn main() {}
