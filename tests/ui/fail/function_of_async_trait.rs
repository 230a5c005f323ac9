use health_core::health_check;

trait Asks {
    fn check<'life0, 'async_trait>(&'life0 self) -> Answer<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait;
}

type Answer<'a> = std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

struct Pool;

// As `async_trait` writes it.
impl Asks for Pool {
    #[health_check(critical)]
    fn check<'life0, 'async_trait>(&'life0 self) -> Answer<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move { Err(String::new()) })
    }
}

fn main() {}
