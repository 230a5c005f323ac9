use health_core::health_check;

#[health_check(critical)]
fn check() -> impl Future<Output = Result<(), String>> {
    async { Err(String::new()) }
}

fn main() {}
