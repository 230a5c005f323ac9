//! What the monitor costs: shares of a processor, of its thread alone.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use health_core::{Check, Feature, Health, ReadinessStatus};

use crate::rows::Row;
use crate::usage;

const MONITOR: &str = "health-monitor";

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the system gives threads")
}

fn passing(number: usize, interval: Duration) -> Vec<Check> {
    let check = |n| {
        Check::critical(format!("check_{n}"), || async { Ok::<_, io::Error>(()) })
            .interval(interval)
    };
    (0..number).map(check).collect()
}

pub(crate) async fn ready(health: &Health) {
    health
        .wait_until(|health| health.readiness().status != ReadinessStatus::NotReady)
        .await;
}

/// The monitor's share, by the number of checks and their interval.
pub(crate) fn by_number() -> Vec<Row> {
    let table = [
        (0, 1, None, "as little as the tick costs"),
        (10, 1, None, ""),
        (100, 1, None, ""),
        (1_000, 5, Some(0.01), "1 %"),
        (1_000, 1, None, ""),
        (10_000, 5, None, ""),
        (10_000, 1, Some(0.05), "5 %"),
    ];
    let rows = table.map(|(number, seconds, bound, words)| {
        let interval = Duration::from_secs(seconds);
        let (share, whole) = runtime().block_on(async {
            let health = Health::builder()
                .allow_empty()
                .extend(passing(number, interval))
                .start()
                .expect("nothing is wrong with it");
            ready(&health).await;
            // The first round is over, and the checks are spread.
            tokio::time::sleep(interval * 2).await;
            let whole = usage::of_threads(usage::ALL);
            let share = usage::share(MONITOR, Duration::from_secs(6)).await;
            (share, usage::since(usage::ALL, whole).as_secs_f64() / 6.0)
        });
        Row {
            what: format!("{number} checks every {seconds} s"),
            ours: format!("{:.2} % of a core", share * 100.0),
            beside: format!("{:.2} % the whole process", whole * 100.0),
            bound: words,
            holds: bound.map(|bound| share <= bound),
        }
    });
    rows.into()
}

/// The monitor's time for one change of one verdict among 1,000 checks and 100 features.
pub(crate) fn changing() -> Vec<Row> {
    let spent = |flips: bool| {
        runtime().block_on(async {
            let asked = Arc::new(AtomicU64::new(0));
            let features: Vec<_> = (0..100)
                .map(|n| Feature::try_from(format!("feature_{n}")).expect("a name"))
                .collect();
            let checks = passing(1_000, Duration::from_hours(1))
                .into_iter()
                .enumerate();
            let checks = checks.map(|(n, check)| {
                check.needed_by((0..10).map(|k| features[(n + k * 7) % 100].clone()))
            });
            let counter = Arc::clone(&asked);
            let flapping = Check::critical("flapping", move || {
                let fails = flips && counter.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
                async move { if fails { Err("down") } else { Ok(()) } }
            })
            .needed_by(features.iter().take(10).cloned())
            .interval(Duration::from_millis(100))
            .fail_after(1);
            let health = Health::builder()
                .extend(checks)
                .check(flapping)
                .start()
                .expect("nothing is wrong with it");
            tokio::time::sleep(Duration::from_secs(2)).await;
            let (before, from) = (usage::of_threads(MONITOR), asked.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_secs(8)).await;
            let spent = usage::since(MONITOR, before);
            drop(health);
            let changed = asked.load(Ordering::Relaxed) - from;
            (spent, u32::try_from(changed).unwrap_or(u32::MAX))
        })
    };
    let (without, _) = spent(false);
    let (with, changed) = spent(true);
    let each = with.saturating_sub(without) / changed.max(1);
    vec![Row {
        what: "a verdict that changes, 1,000 checks, 100 features".into(),
        ours: format!("{each:.1?} of the monitor"),
        beside: format!("{changed} changes; {without:.1?} without them"),
        bound: "0.2 ms",
        holds: Some(each <= Duration::from_micros(200)),
    }]
}

/// The monitor's time for a run that fails, by the length of its text.
pub(crate) fn by_text() -> Vec<Row> {
    let mut passing = None;
    let rows = [0, 25, 1_000, 16_000].map(|length| {
        let text = "connection refused by upstream, ".repeat(length / 32 + 1)[..length].to_owned();
        let (spent, runs) = runtime().block_on(async {
            let runs = Arc::new(AtomicU64::new(0));
            let checks = (0..100).map(|n| {
                let (text, runs) = (text.clone(), Arc::clone(&runs));
                Check::degraded(format!("check_{n}"), move || {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let text = text.clone();
                    async move { if text.is_empty() { Ok(()) } else { Err(text) } }
                })
                .interval(Duration::from_millis(100))
            });
            let health = Health::builder()
                .extend(checks)
                .start()
                .expect("nothing is wrong with it");
            ready(&health).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let (before, from) = (usage::of_threads(MONITOR), runs.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_secs(4)).await;
            let spent = usage::since(MONITOR, before);
            (spent, runs.load(Ordering::Relaxed) - from)
        });
        let each = spent / u32::try_from(runs.max(1)).unwrap_or(u32::MAX);
        let beside = *passing.get_or_insert(each);
        let more = each.saturating_sub(beside);
        Row {
            what: match length {
                0 => "a run that passes, at 1,000 a second".into(),
                length => format!("a run that fails with {length} bytes"),
            },
            ours: format!("{each:.1?} of the monitor, wake-ups included"),
            beside: format!("{more:.1?} more than one that passes; {runs} runs"),
            bound: "10 us more, at every length",
            holds: Some(more <= Duration::from_micros(10)),
        }
    });
    rows.into()
}

/// When the last of 1,000 verdicts has fallen, after a dependency of all of them failed with long texts.
pub(crate) fn failing_at_once() -> Vec<Row> {
    let bound = Duration::from_millis(6_600);
    let text: Arc<str> = "upstream said <html>no</html> ".repeat(137).into();
    let last = runtime().block_on(async {
        let fails = Arc::new(AtomicBool::new(false));
        let checks = (0..1_000).map(|n| {
            let (text, fails) = (Arc::clone(&text), Arc::clone(&fails));
            Check::critical(format!("check_{n}"), move || {
                let (text, fails) = (Arc::clone(&text), fails.load(Ordering::Relaxed));
                async move { if fails { Err(text.to_string()) } else { Ok(()) } }
            })
        });
        let health = Health::builder()
            .extend(checks)
            .start()
            .expect("nothing is wrong with it");
        ready(&health).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        fails.store(true, Ordering::Relaxed);
        let began = Instant::now();
        health
            .wait_until(|health| {
                let readiness = health.readiness();
                readiness.critical.failing().len() == 1_000
            })
            .await;
        began.elapsed()
    });
    vec![Row {
        what: "1,000 checks fail with 4 KB each: the last verdict".into(),
        ours: format!("{last:.2?}"),
        beside: "interval x 1.1 + retry x 1.1".into(),
        bound: "6.6 s",
        holds: Some(last <= bound),
    }]
}
