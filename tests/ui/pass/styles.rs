//! As people write checks, with everything that clippy asks of them.

#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(clippy::unused_async, reason = "small examples")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use health_core::{Feature, Outcome, health_check};
use serde::Serialize;

pub const SEARCH: Feature = Feature::new("search");
const CART: Feature = Feature::new("cart");

#[derive(Debug)]
pub enum Error {
    Down,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Down => f.write_str("down"),
        }
    }
}

impl std::error::Error for Error {}

pub struct Pool {
    open: AtomicU64,
}

impl Pool {
    async fn ping(&self) -> Result<(), Error> {
        if self.open.load(Ordering::Relaxed) == 0 { Err(Error::Down) } else { Ok(()) }
    }

    async fn size(&self) -> Result<u64, Error> {
        self.ping().await.map(|()| self.open.load(Ordering::Relaxed))
    }
}

#[derive(Clone, Copy)]
pub struct Limit(u64);

#[derive(Serialize)]
pub struct Stats {
    open: u64,
    names: Vec<String>,
}

/// A constant function may be asked as well as any other.
#[health_check(liveness)]
const fn constant(limit: &Limit) -> Result<(), &'static str> {
    if limit.0 > 0 { Ok(()) } else { Err("none") }
}

#[health_check(critical)]
pub async fn question_mark(pool: &Pool) -> Result<(), Error> {
    pool.ping().await?;
    Ok(())
}

#[health_check(critical)]
pub(crate) async fn tail(pool: &Pool) -> Result<(), Error> {
    pool.ping().await
}

#[health_check(critical, needed_by(SEARCH, CART))]
async fn details(pool: &Pool) -> Result<Stats, Error> {
    let open = pool.size().await?;
    Ok(Stats { open, names: Vec::new() })
}

#[health_check(critical)]
async fn best_effort(pool: &Pool) -> Result<Stats, Error> {
    pool.ping().await?;
    Ok(Stats { open: pool.size().await.unwrap_or(0), names: vec![] })
}

#[health_check(degraded)]
async fn thresholds(pool: &Pool) -> Outcome {
    match pool.size().await {
        Ok(0..10) => Outcome::passed(),
        Ok(open) => Outcome::degraded(format!("{open} are open")).with_details(open),
        Err(error) => Outcome::failed(error),
    }
}

#[health_check(degraded)]
async fn one_of_several(pool: &Pool, other: Option<&Pool>) -> Result<Outcome, Error> {
    let Some(other) = other else {
        return pool.ping().await.map(|()| Outcome::passed());
    };
    match (pool.ping().await, other.ping().await) {
        (Ok(()), Ok(())) => Ok(Outcome::passed()),
        (Ok(()), Err(_)) | (Err(_), Ok(())) => Ok(Outcome::degraded("one of two")),
        (Err(error), Err(_)) => Err(error),
    }
}

#[health_check(startup, retry = "10s")]
async fn warm(pool: &Pool) -> Result<(), String> {
    let started = Instant::now();
    pool.ping().await.map_err(|error| format!("{error} after {:?}", started.elapsed()))
}

#[health_check(critical)]
async fn timed(pool: &Pool) -> anyhow_like::Result<()> {
    tokio::time::timeout(Duration::from_secs(1), pool.ping()).await??;
    Ok(())
}

mod anyhow_like {
    pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
}

#[health_check(liveness, interval = "500ms")]
fn poisoned_or_not(last: &Mutex<Option<Instant>>) -> Result<(), &'static str> {
    let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
    match last {
        Some(last) if last.elapsed() < Duration::from_secs(60) => Ok(()),
        Some(_) => Err("stands"),
        None => Err("never ran"),
    }
}

#[health_check(critical)]
async fn in_a_task(pool: Arc<Pool>) -> anyhow_like::Result<()> {
    let task = tokio::spawn(async move { pool.ping().await });
    task.await??;
    Ok(())
}

mod more {
    use std::fmt;

    #[derive(Debug)]
    pub struct Wrapped;

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("wrapped")
        }
    }

    impl std::error::Error for Wrapped {}
}

#[health_check(degraded, name = "every-shard", timeout = "3s")]
async fn every_shard(shards: &Vec<Pool>) -> Result<usize, more::Wrapped> {
    let mut failed = 0;
    for shard in shards {
        if shard.ping().await.is_err() {
            failed += 1;
        }
    }
    if failed == 0 { Ok(shards.len()) } else { Err(more::Wrapped) }
}

fn main() {}
