use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), String> {
    println!("asked");
    Ok(())
}

fn main() {}
