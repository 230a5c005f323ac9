use health_core::health_check;

#[health_check(critical, timeout = "2 sec")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
