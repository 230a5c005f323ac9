use health_core::health_check;

#[health_check(critical)]
const fn check() -> Result<(), &'static str> {
    Err("")
}

fn main() {}
