//! What draining does, and what it does not.

use std::time::Duration;

use health_core::{LivenessStatus, ServiceReason};
use tests::service;
use tokio::time::sleep;

/// Tasks end one after the other while a service drains, and their heartbeats with them.
#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_is_dropped_while_draining_is_finished() {
    let health = service().start_paused().unwrap();
    let max_gap = Duration::from_secs(1);
    let [aborted, dropped] = ["aborted", "dropped"].map(|name| health.heartbeat(name, max_gap));
    let (aborted, dropped) = (aborted.unwrap(), dropped.unwrap());
    let worker = tokio::spawn(async move {
        loop {
            aborted.beat();
            sleep(Duration::from_millis(100)).await;
        }
    });
    sleep(Duration::from_millis(500)).await;
    dropped.beat();
    health.drain();
    worker.abort();
    drop(dropped);
    sleep(Duration::from_secs(60)).await;
    let liveness = health.liveness();
    assert_eq!(liveness.status, LivenessStatus::Alive, "{liveness:?}");
    assert_eq!(health.readiness().reason, Some(ServiceReason::Draining));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_is_dropped_at_work_is_overdue() {
    let health = service().start_paused().unwrap();
    drop(health.heartbeat("mailer", Duration::from_secs(1)).unwrap());
    sleep(Duration::from_secs(2)).await;
    assert_eq!(health.liveness().status, LivenessStatus::NotAlive);
}
