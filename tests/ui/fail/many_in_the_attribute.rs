use health_core::health_check;

#[health_check(critcal, timeout = "2", interval = 5, retry = "1 s", fail_after = 0, nmae = "x")]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
