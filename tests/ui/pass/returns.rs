//! Everything that a check may return.

use health_core::{Outcome, health_check};

#[derive(serde::Serialize)]
struct Stats {
    size: u64,
}

#[derive(Debug)]
struct Down;
impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("down")
    }
}
impl std::error::Error for Down {}

struct Pool(Stats);
type Answer<T = ()> = Result<T, Down>;

#[health_check(critical)]
async fn unit() -> Result<(), Down> {
    Err(Down)
}

#[health_check(liveness)]
fn text() -> Result<(), &'static str> {
    Err("down")
}

#[health_check(startup)]
async fn string() -> std::result::Result<(), String> {
    Err("down".into())
}

#[health_check(startup)]
fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err(Down)?
}

#[health_check(critical)]
async fn io() -> std::io::Result<()> {
    std::fs::metadata("/")?;
    Ok(())
}

#[health_check(critical)]
async fn alias() -> Answer {
    Err(Down)
}

#[health_check(critical)]
async fn details() -> Answer<Stats> {
    Err(Down)
}

#[health_check(liveness)]
fn map() -> Result<std::collections::BTreeMap<&'static str, u64>, Down> {
    Err(Down)
}

#[health_check(critical)]
async fn borrowed(pool: &Pool) -> Result<&Stats, &str> {
    if pool.0.size == 0 { Err("empty") } else { Ok(&pool.0) }
}

#[health_check(critical)]
async fn outcome() -> Outcome {
    Outcome::degraded("slow")
}

#[health_check(degraded)]
fn outcome_or_error() -> Result<Outcome, Down> {
    let size = std::fs::metadata("/").map_err(|_| Down)?.len();
    Ok(Outcome::passed().with_details(Stats { size }))
}

#[health_check(degraded)]
fn outcome_alias() -> Answer<Outcome> {
    Err(Down)
}

fn main() {
    assert!(health_core::checks![unit, text, string, boxed, io, alias, details, map, borrowed].len() == 9);
    let _ = (outcome, outcome_or_error, outcome_alias);
}
