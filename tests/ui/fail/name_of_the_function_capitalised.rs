use health_core::health_check;

#[health_check(critical)]
#[allow(non_snake_case)]
async fn OrdersDB() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
