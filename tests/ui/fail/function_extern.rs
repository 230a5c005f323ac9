use health_core::health_check;

#[health_check(critical)]
extern "C" fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
