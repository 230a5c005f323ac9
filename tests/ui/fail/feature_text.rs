use health_core::health_check;

#[health_check(critical, needed_by("search"))]
async fn check() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
