//! How late deadlines are kept.

use std::io;
use std::time::{Duration, Instant};

use health_core::{ChangeKind, Check, Health};

use crate::checks::runtime;
use crate::rows::Row;

const DEADLINES: usize = 1_000;
const TIMEOUT: Duration = Duration::from_millis(500);

/// How late the last of 1,000 deadlines at one instant is seen, beside tokio's own timer.
pub(crate) fn deadlines() -> Vec<Row> {
    let (mut ours, mut tokios) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        ours.push(runtime().block_on(last_of_ours()));
        tokios.push(runtime().block_on(last_of_tokio()));
    }
    ours.sort_unstable();
    tokios.sort_unstable();
    let (ours, tokio) = (ours[2], tokios[2]);
    let ratio = ours.as_secs_f64() / tokio.as_secs_f64();
    vec![Row {
        what: "1,000 deadlines at one instant: the last is seen after".into(),
        ours: format!("{ours:.1?}"),
        beside: format!("{tokio:.1?} tokio's timer; {ratio:.1} times"),
        bound: "3 times",
        holds: Some(ratio <= 3.0),
    }]
}

async fn last_of_ours() -> Duration {
    let hang = || std::future::pending::<Result<(), io::Error>>();
    let checks = (0..DEADLINES).map(|n| {
        Check::critical(format!("check_{n}"), hang)
            .timeout(TIMEOUT)
            .interval(Duration::from_mins(1))
    });
    let builder = Health::builder().extend(checks);
    let began = Instant::now();
    let health = builder.start().expect("nothing is wrong with it");
    let mut changes = health.subscribe();
    let mut seen = 0;
    while seen < DEADLINES {
        let change = changes.next().await.expect("it has not ended");
        seen += usize::from(matches!(change.kind, ChangeKind::Check { .. }));
    }
    began.elapsed().saturating_sub(TIMEOUT)
}

async fn last_of_tokio() -> Duration {
    let began = Instant::now();
    let until = tokio::time::Instant::now() + TIMEOUT;
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..DEADLINES {
        let sender = sender.clone();
        tokio::spawn(async move {
            let hang = std::future::pending::<()>();
            let _ = tokio::time::timeout_at(until, hang).await;
            let _ = sender.send(());
        });
    }
    for _ in 0..DEADLINES {
        seen.recv().await;
    }
    began.elapsed().saturating_sub(TIMEOUT)
}
