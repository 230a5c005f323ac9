use health_core::health_check;

#[health_check(critical)]
async fn check(_directory: &std::path::Path) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
