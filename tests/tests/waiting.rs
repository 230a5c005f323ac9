//! Waiting for an answer to hold.

use std::time::Duration;

use health_core::{Check, LivenessStatus, ReadinessStatus};
use tests::service;
use tokio::time::{sleep, timeout};

type Anything = Result<(), &'static str>;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_readiness_hears_also_of_what_is_no_check() {
    let mut builder = service().check(Check::critical("database", || async { Anything::Ok(()) }));
    let catalog = builder.startup_task("catalog");
    let health = builder.start_paused().unwrap();
    let is_ready =
        |health: &health_core::Health| health.readiness().status == ReadinessStatus::Ready;
    let ready = timeout(secs(10), health.wait_until(is_ready));
    let completes = async {
        sleep(secs(5)).await;
        catalog.complete();
    };
    let (ready, ()) = tokio::join!(ready, completes);
    ready.expect("it is told that startup has latched");
    assert!(is_ready(&health));

    let heartbeat = health.heartbeat("mailer", secs(1)).unwrap();
    let not_alive =
        health.wait_until(|health| health.liveness().status == LivenessStatus::NotAlive);
    timeout(secs(10), not_alive).await.expect("overdue");
    heartbeat.finish();

    let changed = health.changed();
    health.drain();
    timeout(secs(10), changed).await.expect("draining");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_where_nothing_changes() {
    let health = service()
        .check(Check::critical("database", || async { Anything::Ok(()) }))
        .start_paused()
        .unwrap();
    sleep(secs(1)).await;
    let changed = timeout(secs(600), health.changed());
    assert!(changed.await.is_err(), "600 s of passes are no news");
}
