//! What plain functions cost.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use health_core::{Check, Health};

use crate::checks::{ready, runtime};
use crate::rows::Row;
use crate::usage;

/// The processor time of a run of a plain function, beside a thread for each.
pub(crate) fn kept() -> Vec<Row> {
    let (spent, runs) = runtime().block_on(async {
        let runs = Arc::new(AtomicU64::new(0));
        let checks = (0..20).map(|n| {
            let runs = Arc::clone(&runs);
            Check::critical_blocking(format!("check_{n}"), move || {
                runs.fetch_add(1, Ordering::Relaxed);
                Ok::<_, io::Error>(())
            })
            .interval(Duration::from_millis(20))
        });
        let health = Health::builder()
            .extend(checks)
            .start()
            .expect("nothing is wrong with it");
        ready(&health).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, from) = (
            usage::of_threads("health-check"),
            runs.load(Ordering::Relaxed),
        );
        tokio::time::sleep(Duration::from_secs(4)).await;
        let spent = usage::since("health-check", before);
        (spent, runs.load(Ordering::Relaxed) - from)
    });
    let ours = spent / u32::try_from(runs.max(1)).unwrap_or(u32::MAX);
    let number: u32 = 10_000;
    let before = usage::of_process();
    for _ in 0..number {
        // One after the other, as checks that are spread begin.
        let thread = std::thread::spawn(|| {});
        let _ = thread.join();
    }
    let each = usage::of_process().saturating_sub(before) / number;
    vec![Row {
        what: "a run of a plain function".into(),
        ours: format!("{ours:.1?} of its thread"),
        beside: format!("{each:.1?} for a new thread each, {runs} runs"),
        bound: "50 us",
        holds: Some(ours <= Duration::from_micros(50)),
    }]
}

/// How many threads a start of 1,000 plain functions takes.
pub(crate) fn start() -> Vec<Row> {
    let (most, took) = runtime().block_on(async {
        let checks = (0..1_000).map(|n| {
            Check::critical_blocking(format!("check_{n}"), || {
                std::thread::sleep(Duration::from_millis(100));
                Ok::<_, io::Error>(())
            })
        });
        let began = Instant::now();
        let health = Health::builder()
            .extend(checks)
            .start()
            .expect("nothing is wrong with it");
        let mut most = 0;
        while health.readiness().reason.is_some() {
            most = most.max(usage::threads("health-check"));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (most, began.elapsed())
    });
    vec![Row {
        what: "1,000 plain functions of 100 ms start".into(),
        ours: format!("{most} threads, ready after {took:.2?}"),
        beside: "256 at work at once".into(),
        bound: "256 threads",
        holds: Some(most <= 256),
    }]
}
