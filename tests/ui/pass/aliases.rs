//! Arguments by another name, and what is left of them in the function.

#![deny(warnings, rust_2018_idioms)]

use std::sync::{Arc, Mutex};

use health_core::health_check;

struct Pool<T = u8>(T);
trait Clock: Send + Sync {}

type PoolRef<'a> = &'a Pool;
type MaybePool<'a> = Option<&'a Pool>;
type SharedPool = Arc<Pool>;
type Any<T> = Arc<Pool<T>>;
type State = Mutex<Vec<u8>>;

mod elsewhere {
    pub(super) type Elsewhere<'a> = &'a super::Pool<u16>;
    pub(super) use std::option::Option as Perhaps;
    pub(super) use std::sync::Arc as Counted;
}

#[health_check(critical)]
async fn by_other_names(
    borrowed: PoolRef<'_>,
    maybe: MaybePool<'_>,
    shared: SharedPool,
    any: Any<u16>,
    elsewhere: elsewhere::Elsewhere<'_>,
    perhaps: elsewhere::Perhaps<&Pool>,
    counted: elsewhere::Counted<State>,
) -> Result<(), String> {
    let sum = borrowed.0 + maybe.map_or(0, |pool| pool.0) + shared.0 + perhaps.map_or(0, |pool| pool.0);
    let other = any.0 + elsewhere.0;
    let held = counted.lock().map_err(|_| "poisoned")?.len();
    if u16::from(sum) + other > 0 && held > 0 { Ok(()) } else { Err("none".into()) }
}

#[health_check(liveness)]
fn blocking(
    borrowed: PoolRef<'_>,
    maybe: MaybePool<'_>,
    shared: SharedPool,
    wall: Arc<dyn Clock>,
    mut counted: Arc<State>,
) -> Result<(), String> {
    drop((borrowed, maybe, wall));
    counted = Arc::clone(&counted);
    if shared.0 > 0 && counted.lock().is_ok() { Ok(()) } else { Err("none".into()) }
}

fn main() {
    assert_eq!(health_core::checks![by_other_names, self::blocking, crate::blocking].len(), 3);
}
