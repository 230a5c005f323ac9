use health_core::health_check;

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

#[health_check(critical)]
fn check() -> BoxFuture<'static, Result<(), String>> {
    Box::pin(async { Err(String::new()) })
}

fn main() {}
