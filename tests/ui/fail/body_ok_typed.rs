use health_core::health_check;

#[health_check(critical)]
async fn check() -> Result<(), String> {
    return Result::<(), String>::Ok(());
}

fn main() {}
