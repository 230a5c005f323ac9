use health_core::health_check;

#[health_check(critical)]
fn main() -> Result<(), String> {
    Err(String::new())
}
