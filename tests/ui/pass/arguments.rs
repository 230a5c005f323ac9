//! Every form in which a check takes its state.

use std::sync::Arc;

use health_core::health_check;

type Error = std::io::Error;
type Shared = Arc<Pool>;

struct Pool;
struct Typed<T>(T);
trait Clock: Send + Sync {}

#[health_check(critical)]
async fn references(pool: &Pool, clock: &dyn Clock, both: &(dyn Clock + Send)) -> Result<(), Error> {
    let _ = (pool, clock, both);
    Err(Error::other("down"))
}

#[health_check(critical)]
fn blocking(pool: &Pool, clock: &dyn Clock, pools: &Typed<Vec<Arc<Pool>>>) -> Result<(), Error> {
    let _ = (pool, clock, &pools.0);
    Err(Error::other("down"))
}

#[health_check(critical)]
async fn owned(pool: Arc<Pool>, clock: std::sync::Arc<dyn Clock>, alias: Shared) -> Result<(), Error> {
    drop((pool, clock, alias));
    Err(Error::other("down"))
}

#[health_check(critical)]
async fn optional(pool: Option<&Pool>, clock: std::option::Option<&dyn Clock>) -> Result<(), Error> {
    pool.and(clock).map(drop).ok_or(Error::other("none"))
}

#[health_check(critical)]
async fn unusual(mut counted: Arc<Pool>, r#type: &Typed<&'static str>, _ignored: &'_ Pool) -> Result<(), Error> {
    counted = Arc::clone(&counted);
    Err(Error::other(r#type.0.repeat(Arc::strong_count(&counted))))
}

#[health_check(critical)]
async fn none() -> Result<(), Error> {
    Err(Error::other("down"))
}

fn main() {
    let checks = health_core::checks![references, blocking, owned, optional, unusual, none,];
    assert_eq!(checks.len(), 6);
}
