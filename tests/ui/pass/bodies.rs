//! Bodies that look as if they could not fail, but might.

#![allow(unused_must_use, clippy::all)]

use std::sync::Mutex;

use health_core::{Outcome, health_check};

type Answer = Result<(), String>;

struct Pool;
impl Pool {
    async fn ping(&self) -> Answer {
        Err(String::new())
    }
    fn size(&self) -> usize {
        0
    }
}

macro_rules! ensure {
    ($condition:expr) => {
        if !$condition {
            return Err(String::new());
        }
    };
}

#[health_check(critical)]
async fn cleans_up_last(pool: &Pool) -> Answer {
    pool.ping().await?;
    let _ = pool.ping().await;
    Ok(())
}

#[health_check(critical)]
async fn panics_on_purpose(pool: &Pool) -> Answer {
    let _ = pool.ping().await;
    assert!(pool.size() > 0);
    Ok(())
}

#[health_check(critical)]
async fn returns_in_a_macro(pool: &Pool) -> Answer {
    ensure!(pool.size() > 0);
    Ok(())
}

#[health_check(liveness)]
fn is_stuck_when_the_lock_is(lock: &Mutex<u8>) -> Answer {
    drop(lock.lock());
    Ok(())
}

#[health_check(critical)]
async fn decides(pool: &Pool) -> Answer {
    if pool.size() > 0 { Ok(()) } else { Err(String::new()) }
}

#[health_check(critical)]
async fn matches(pool: &Pool) -> Answer {
    match pool.ping().await {
        Ok(()) => Ok(()),
        Err(error) if error.is_empty() => Ok(()),
        Err(error) => Err(error),
    }
}

#[health_check(critical)]
async fn returns_early(pool: &Pool) -> Answer {
    if let Err(error) = pool.ping().await {
        println!("{error}");
        return Err(error);
    }
    Ok(())
}

#[health_check(critical)]
async fn is_an_outcome_by_another_name(pool: &Pool) -> Result<Outcome, String> {
    let outcome = pool.ping().await.map_or_else(Outcome::failed, |()| Outcome::passed());
    Ok(outcome)
}

#[health_check(critical)]
async fn degrades(pool: &Pool) -> Result<Outcome, String> {
    Ok(pool.ping().await.map(|()| Outcome::passed()).unwrap_or(Outcome::degraded("down")))
}

#[health_check(critical)]
async fn another_try(pool: &Pool) -> Answer {
    pool.ping().await.or(pool.ping().await)
}

#[health_check(critical)]
async fn not_written_yet(pool: &Pool) -> Answer {
    let _ = pool.ping().await;
    todo!()
}

#[health_check(degraded, ignores_errors = "the deadline is the check: a deadlocked pool never answers")]
async fn is_meant(pool: &Pool) -> Answer {
    let _ = pool.ping().await;
    Ok(())
}

fn verify(pool: &Pool) {
    assert!(pool.size() > 0);
}

#[health_check(critical)]
async fn panics_in_a_call(pool: &Pool) -> Answer {
    verify(pool);
    let _ = std::fs::remove_file("x");
    Ok(())
}

#[health_check(critical)]
async fn panics_in_a_branch(pool: &Pool) -> Answer {
    match pool.ping().await {
        Ok(()) => {
            verify(pool);
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

#[health_check(critical)]
async fn panics_at_an_index(pool: &Pool) -> Answer {
    let _ = [1, 2, 3][pool.size()];
    Ok(())
}

#[health_check(critical)]
async fn panics_at_zero(pool: &Pool) -> Answer {
    let _ = 1 / pool.size();
    Ok(())
}

fn main() {}
