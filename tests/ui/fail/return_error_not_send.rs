use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), Box<dyn std::error::Error>> {
    Err("")?
}

fn main() {}
