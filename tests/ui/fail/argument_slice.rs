use health_core::health_check;

#[health_check(critical)]
async fn check(_urls: &[String]) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
