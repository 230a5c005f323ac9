//! What it costs to ask.

use std::hint::black_box;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Feature, Health, ReadinessStatus};

use crate::checks::{ready, runtime};
use crate::rows::Row;

const ASKED: u32 = 2_000_000;
const SEARCH: Feature = Feature::new("search");

/// Readers on one and on two threads.
pub(crate) fn readers() -> Vec<Row> {
    let runtime = runtime();
    let health = runtime.block_on(async {
        let checks = (0..100).map(|n| {
            let check = Check::critical(format!("check_{n}"), || async { Ok::<_, io::Error>(()) });
            if n < 10 {
                check.needed_by([SEARCH])
            } else {
                check
            }
        });
        let health = Health::builder()
            .extend(checks)
            .start()
            .expect("nothing is wrong with it");
        ready(&health).await;
        health
    });
    let readiness = |health: &Health| health.readiness().status == ReadinessStatus::Ready;
    let gate = |health: &Health| health.status_of(SEARCH) == ReadinessStatus::Ready;
    vec![
        row("Health::readiness()", &health, readiness),
        row("Health::status_of(feature), for gates", &health, gate),
    ]
}

fn row(what: &str, health: &Health, ask: impl Fn(&Health) -> bool + Copy + Send + Sync) -> Row {
    // In turns, so that a change of the machine's mood meets both.
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        one.push(per_second(1, health, ask));
        two.push(per_second(2, health, ask));
    }
    one.sort_by(f64::total_cmp);
    two.sort_by(f64::total_cmp);
    let (one, two) = (one[2], two[2]);
    let each = Duration::from_secs_f64(1.0 / one);
    Row {
        what: format!("{what}, two threads"),
        ours: format!("{:.1} M/s", two / 1e6),
        beside: format!(
            "{:.1} M/s one thread, {each:.0?} each; {:.2} times",
            one / 1e6,
            two / one
        ),
        bound: "not slower than one",
        holds: Some(two >= one),
    }
}

fn per_second(
    threads: u32,
    health: &Health,
    ask: impl Fn(&Health) -> bool + Copy + Send + Sync,
) -> f64 {
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(move || {
                for _ in 0..ASKED {
                    assert!(ask(black_box(health)));
                }
            });
        }
    });
    f64::from(threads * ASKED) / began.elapsed().as_secs_f64()
}
