use health_core::health_check;

#[health_check(critical)]
unsafe extern "C" fn check() -> Result<(), &'static str> {
    Err("")
}

fn main() {}
