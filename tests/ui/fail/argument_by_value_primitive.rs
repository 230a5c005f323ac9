use health_core::health_check;

#[health_check(critical)]
async fn check(_port: u16) -> Result<(), String> {
    Err(String::new())
}

fn main() {}
