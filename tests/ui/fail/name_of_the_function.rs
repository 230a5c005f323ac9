use health_core::health_check;

#[health_check(critical)]
async fn _database() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
