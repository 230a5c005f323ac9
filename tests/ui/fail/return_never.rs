use health_core::health_check;

#[health_check(critical)]
fn check() -> ! {
    loop {}
}

fn main() {}
