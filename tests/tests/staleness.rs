//! What is held of a check that nothing was heard of for too long.

use std::time::Duration;

use health_core::{
    ChangeKind, Check, LivenessStatus, ReadinessStatus, Reason, ServiceReason, Status,
};
use tests::threads::{Barrier, Held, wait_for, workers};
use tests::{leap, service, verdict};
use tokio::time::sleep;

type Anything = Result<(), &'static str>;

const HEALTHY: (Status, Option<Reason>) = (Status::Healthy, None);
const STALE: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::Stale));
const FAILED: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::Failed));

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A check that holds its worker while a barrier is closed.
fn holds(held: Held) -> Check {
    let often = Duration::from_millis(100);
    let check = Check::degraded("holds", move || {
        let held = held.clone();
        async move {
            held.pass();
            Anything::Ok(())
        }
    });
    check.timeout(often).interval(often).retry(often)
}

/// Another check holds the only worker until nothing is known of this one any more. What its next run
/// then says is the verdict at once, and nothing else is.
#[test]
fn what_was_forgotten_is_judged_anew() {
    for (says, expected) in [(Anything::Err("down"), FAILED), (Anything::Ok(()), HEALTHY)] {
        let runtime = workers(1);
        let barrier = Barrier::default();
        let held = barrier.held();
        let check = Check::critical("victim", move || {
            // A run that begins once the worker was held ends after that.
            let has_held = held.has_held();
            async move { if has_held { says } else { Ok(()) } }
        });
        let often = Duration::from_millis(200);
        let victim = check
            .timeout(often)
            .interval(often)
            .retry(often)
            .fail_after(1_000)
            .pass_after(1_000);
        let health = {
            let _on = runtime.enter();
            let checks = [holds(barrier.held()), victim];
            service().extend(checks).start().unwrap()
        };
        wait_for("healthy", || verdict(&health, "victim") == HEALTHY);
        barrier.close();
        wait_for("stale", || verdict(&health, "victim") == STALE);
        assert_eq!(health.readiness().status, ReadinessStatus::NotReady);
        let mut changes = health.subscribe();
        barrier.open();
        wait_for("judged", || verdict(&health, "victim") == expected);
        drop(health);
        while let Some(change) = runtime.block_on(changes.next()) {
            if let ChangeKind::Check { name, to, .. } = &change.kind
                && &**name == "victim"
            {
                assert_eq!((to.status, to.reason), expected, "{change:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn from_a_silent_monitor_nothing_is_known() {
    let health = service()
        .check(Check::critical("database", || async { Anything::Ok(()) }))
        .check(Check::liveness("moves", || Anything::Ok(())))
        .start_paused()
        .unwrap();
    sleep(secs(1)).await;
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);

    // Nothing hangs on the report, so it does not wait for a suspicion to hold; readiness does.
    leap(secs(12));
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    let report = health.deep();
    assert_eq!(report.reason, Some(ServiceReason::Stale));
    assert_eq!(report.checks["database"].reason, Some(Reason::Stale));
    assert!(report.monitor.age >= Some(secs(12)), "{:?}", report.monitor);

    leap(secs(1));
    let readiness = health.readiness();
    assert_eq!(readiness.reason, Some(ServiceReason::Stale));
    assert_eq!(verdict(&health, "database"), STALE);
    assert_eq!(health.liveness().status, LivenessStatus::Alive);

    leap(secs(30));
    health.liveness();
    leap(secs(1));
    let liveness = health.liveness();
    assert_eq!(liveness.reason, Some(ServiceReason::Stale));
    assert_eq!(liveness.checks["moves"].reason, Some(Reason::Stale));

    // It was the whole process that stood still, and not the monitor: so what was known holds.
    sleep(secs(2)).await;
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
}

/// The report says since when a check has its status: it was not stale from the moment on in which it was healthy.
#[tokio::test(start_paused = true)]
async fn what_is_stale_is_so_only_since_the_monitor_is_silent() {
    let health = service()
        .check(Check::critical("database", || async { Anything::Ok(()) }))
        .start_paused()
        .unwrap();
    sleep(secs(1)).await;
    let healthy_since = health.deep().checks["database"].since;
    assert!(healthy_since.is_some());
    leap(secs(60));
    let report = health.deep();
    let database = &report.checks["database"];
    assert_eq!(database.reason, Some(Reason::Stale));
    assert_ne!(database.since, healthy_since);
}
