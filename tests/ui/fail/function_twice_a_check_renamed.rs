use health_core::health_check as check;

#[check(critical)]
#[check(degraded)]
async fn twice() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
