//! The engine on real threads: runtimes that are blocked, or gone, and handles that are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use health_core::{ChangeKind, Check, Health, LivenessStatus, Reason, ServiceReason, Status};
use tests::{Gauge, service, verdict};
use tokio::runtime::{Builder, Runtime};

type Anything = Result<(), &'static str>;

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(count)
        .enable_all()
        .build()
        .unwrap()
}

/// Lets what blocks go on, at the latest when the test fails.
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Waits on this thread, which no runtime can block.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "not within 30 s: {what}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn start(runtime: &Runtime, checks: impl IntoIterator<Item = Check>, stall: Duration) -> Health {
    let _on = runtime.enter();
    service().extend(checks).stall_limit(stall).start().unwrap()
}

#[test]
fn an_async_check_that_blocks_the_only_worker_is_stuck_and_liveness_stays_alive() {
    let runtime = workers(1);
    // Dropped before the runtime, which would wait for the check for ever.
    let over = Over(Arc::default());
    let until = Arc::clone(&over.0);
    let blocks = Check::critical("blocks", move || {
        let until = Arc::clone(&until);
        async move {
            while !until.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            Anything::Ok(())
        }
    });
    let checks = [
        blocks
            .timeout(Duration::from_millis(200))
            .retry(Duration::from_millis(100)),
        Check::critical_blocking("plain", || Anything::Ok(())),
        Check::liveness("moves", || Anything::Ok(())),
    ];
    let health = start(&runtime, checks, Duration::from_millis(500));
    eventually("stuck", || {
        verdict(&health, "blocks") == (Status::Unhealthy, Some(Reason::Stuck))
    });
    // The stall lasts much longer than its limit by now, and it is the check's.
    eventually("lag", || {
        health
            .deep()
            .runtime
            .lag
            .is_some_and(|lag| lag > Duration::from_millis(1_500))
    });
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    assert_eq!(verdict(&health, "plain").0, Status::Healthy);
    over.0.store(true, Ordering::SeqCst);
    eventually("healthy again", || {
        verdict(&health, "blocks").0 == Status::Healthy
    });
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
}

#[test]
fn a_check_that_waits_for_a_worker_is_not_charged_with_what_another_one_holds_up() {
    let runtime = workers(1);
    let over = Over(Arc::default());
    let until = Arc::clone(&over.0);
    let blocks = Check::degraded("blocks", move || {
        let until = Arc::clone(&until);
        async move {
            while !until.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            Anything::Ok(())
        }
    });
    let soon = Duration::from_millis(200);
    let checks = [
        blocks.timeout(soon).retry(soon),
        Check::critical("queued", || async { Anything::Ok(()) }).timeout(soon),
    ];
    let health = start(&runtime, checks, Duration::from_secs(30));
    let mut changes = health.subscribe();
    eventually("stuck", || {
        verdict(&health, "blocks") == (Status::Unhealthy, Some(Reason::Stuck))
    });
    assert_eq!(
        verdict(&health, "queued"),
        (Status::Unknown, Some(Reason::Pending))
    );
    over.0.store(true, Ordering::SeqCst);
    eventually("healthy", || {
        verdict(&health, "queued").0 == Status::Healthy
    });
    drop(health);
    while let Some(change) = runtime.block_on(changes.next()) {
        if let ChangeKind::Check { name, to, .. } = &change.kind {
            assert!(&**name == "blocks" || to.is_healthy(), "{change:?}");
        }
    }
}

#[test]
fn a_runtime_that_the_application_blocks_is_stalled_and_recovers() {
    let runtime = workers(1);
    let health = start(&runtime, [], Duration::from_millis(500));
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    runtime.spawn(async move { held.recv() });
    eventually("stalled", || {
        health.liveness().reason == Some(ServiceReason::Stalled)
    });
    let_go.send(()).unwrap();
    eventually("alive", || {
        health.liveness().status == LivenessStatus::Alive
    });
}

#[test]
fn a_deadline_holds_while_the_check_blocks_its_thread() {
    let runtime = workers(2);
    let checks = [
        Check::critical("sleeps", || async {
            thread::sleep(Duration::from_millis(400));
            Anything::Ok(())
        })
        .timeout(Duration::from_millis(100)),
        Check::critical("other", || async { Anything::Ok(()) }),
    ];
    let health = start(&runtime, checks, Duration::from_secs(30));
    let mut changes = health.subscribe();
    let first = runtime.block_on(async {
        loop {
            let change = changes.next().await.unwrap();
            match change.kind {
                ChangeKind::Check { name, to, .. } if &*name == "sleeps" => return to,
                _ => {}
            }
        }
    });
    assert_eq!(
        first.reason,
        Some(Reason::TimedOut),
        "and not healthy, 300 ms too late"
    );
    eventually("other", || verdict(&health, "other").0 == Status::Healthy);
}

#[test]
fn a_runtime_that_is_gone_means_draining_and_asks_nothing_more() {
    let runtime = workers(1);
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let plain = Check::critical_blocking("plain", move || {
        let _inside = entered.enter();
        Anything::Ok(())
    });
    let checks = [
        Check::critical("async", || async { Anything::Ok(()) }),
        plain
            .interval(Duration::from_millis(20))
            .timeout(Duration::from_millis(20)),
    ];
    let health = start(&runtime, checks, Duration::from_millis(100));
    eventually("ready", || gauge.ever() > 3);
    runtime.shutdown_background();
    eventually("draining", || {
        health.readiness().reason == Some(ServiceReason::Draining)
    });
    assert_eq!(
        verdict(&health, "async").0,
        Status::Healthy,
        "nothing is held against the checks"
    );
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    // A monitor that ended is not one that fell silent, however long ago that was.
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(600));
        assert_eq!(health.liveness().status, LivenessStatus::Alive);
    }
}

#[test]
fn the_engine_ends_with_the_last_handle() {
    let runtime = workers(1);
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let held = Arc::new(());
    let seen = Arc::downgrade(&held);
    let plain = Check::critical_blocking("plain", move || {
        let _ = &held;
        let _inside = entered.enter();
        Anything::Ok(())
    });
    let held = Arc::new(());
    let seen_in_run = Arc::downgrade(&held);
    let hangs = Check::critical("hangs", move || {
        let held = Arc::clone(&held);
        async move {
            std::future::pending::<()>().await;
            drop(held);
            Anything::Ok(())
        }
    });
    let health = start(&runtime, [plain, hangs], Duration::from_secs(30));
    let other = health.clone();
    drop(health);
    eventually("asked", || gauge.ever() > 0);
    assert!(seen.upgrade().is_some());
    drop(other);
    // The check and what it holds go with the engine.
    eventually("the check is dropped", || seen.upgrade().is_none());
    eventually("its run is cancelled", || seen_in_run.upgrade().is_none());
}

#[test]
fn five_hundred_readers_of_a_hanging_check_cause_one_run() {
    let runtime = workers(2);
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let hangs = Check::critical("hangs", move || {
        let inside = entered.enter();
        async move {
            let _inside = inside;
            std::future::pending::<Anything>().await
        }
    });
    let health = start(
        &runtime,
        [hangs.timeout(Duration::from_secs(4))],
        Duration::from_secs(30),
    );
    eventually("running", || gauge.ever() == 1);
    let readers: Vec<_> = (0..500)
        .map(|_| {
            let health = health.clone();
            thread::spawn(move || health.readiness().reason)
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.join().unwrap(), Some(ServiceReason::Starting));
    }
    assert_eq!((gauge.ever(), gauge.most()), (1, 1));
}
