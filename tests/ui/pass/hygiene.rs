//! Traits of the user's for every type, with the names that an expansion might use.

#![deny(warnings)]

use std::sync::Arc;

use health_core::{Feature, Outcome, health_check};

const SEARCH: Feature = Feature::new("search");

trait ForAll: Sized {
    fn boxed(self) -> Box<Self> {
        Box::new(self)
    }
    fn passed(&self) -> bool {
        true
    }
    fn failed(&self) -> bool {
        false
    }
    fn outcome(self) -> Self {
        self
    }
    fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
    fn shared_if_given(self) -> Option<Self> {
        Some(self)
    }
    fn arc(&self) {}
    fn take(self) -> Self {
        self
    }
    fn at(self) {}
    fn by(&self) {}
    fn later(&self) {}
    fn run(&self) {}
    fn of(self) {}
    fn read(self) {}
    fn find(self) {}
    fn timeout(self) {}
    fn interval(self) {}
    fn retry(self) {}
    fn fail_after(self) {}
    fn pass_after(self) {}
    fn description(self) {}
    fn needed_by(self) {}
    fn clone(&self) {}
    fn into_outcome(self) {}
}
impl<T> ForAll for T {}

struct Pool;
type Borrowed<'a> = &'a Pool;
trait Clock: Send + Sync {}

/// Asks it.
#[health_check(
    critical,
    timeout = "1s",
    interval = "5s",
    retry = "1s",
    fail_after = 2,
    pass_after = 1,
    needed_by(SEARCH)
)]
async fn awaited(
    pool: &Pool,
    maybe: Option<&Pool>,
    clock: &dyn Clock,
    owned: Arc<Pool>,
    object: Arc<dyn Clock>,
    alias: Borrowed<'_>,
) -> Result<(), String> {
    drop((pool, maybe, clock, owned, object, alias));
    Err("down".into())
}

#[health_check(degraded)]
async fn degrades() -> Outcome {
    Outcome::degraded("slow")
}

#[health_check(startup)]
async fn tells() -> Result<u64, String> {
    Err("down".into())
}

#[health_check(liveness)]
fn moves(pool: &Pool, owned: Arc<Pool>) -> Result<(), &'static str> {
    drop((pool, owned));
    Err("stands")
}

#[health_check(degraded)]
fn blocks() -> Result<Outcome, String> {
    Ok(Outcome::degraded("slow"))
}

fn main() {
    let all = 1.boxed();
    assert!(all.passed() && !all.failed());
    let (_, _, _) = (all.outcome(), 1.shared(), 1.shared_if_given());
    1.arc();
    1.take().at();
    1.by();
    1.later();
    1.run();
    1.of();
    1.read();
    1.find();
    1.timeout();
    1.interval();
    1.retry();
    1.fail_after();
    1.pass_after();
    1.description();
    1.needed_by();
    ForAll::clone(&1);
    1.into_outcome();
}
