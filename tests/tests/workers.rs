//! Who is charged with workers of the application's runtime that are held.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use health_core::{ChangeKind, Check, LivenessStatus, Reason, ServiceReason, Status};
use tests::threads::{Barrier, Held, wait_for, workers};
use tests::{service, verdict};
use tokio::sync::watch;

type Anything = Result<(), &'static str>;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A check that holds its worker while a barrier is closed, and is soon found out.
fn holds(held: Held) -> Check {
    let check = Check::degraded("holds", move || {
        let held = held.clone();
        async move {
            held.pass();
            Anything::Ok(())
        }
    });
    check.timeout(ms(200)).interval(ms(200)).retry(ms(200))
}

/// Neither timers nor sockets turn while the only worker is held, so whoever waits for one is not late.
#[test]
fn a_check_that_waits_for_a_timer_is_not_charged_with_what_another_one_holds_up() {
    let runtime = workers(1);
    let holds_over = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&holds_over);
    let holds = Check::degraded("holds", move || {
        let count = Arc::clone(&count);
        async move {
            thread::sleep(ms(700));
            count.fetch_add(1, Ordering::SeqCst);
            Anything::Ok(())
        }
    });
    let holds = holds.timeout(ms(60)).interval(ms(60)).retry(ms(60));
    // A few of these go by between two holds, so that one run meets several of them.
    let database = Check::critical("database", || async {
        for _ in 0..12 {
            tokio::time::sleep(ms(20)).await;
        }
        Anything::Ok(())
    });
    let database = database.timeout(ms(1_000)).interval(ms(1_000));
    let health = {
        let _on = runtime.enter();
        service().extend([holds, database]).start().unwrap()
    };
    let mut changes = health.subscribe();
    wait_for("held often", || holds_over.load(Ordering::SeqCst) >= 10);
    drop(health);
    let (mut charged, mut judged) = (false, false);
    while let Some(change) = runtime.block_on(changes.next()) {
        if let ChangeKind::Check { name, to, .. } = &change.kind {
            let is_late = [Some(Reason::TimedOut), Some(Reason::Stuck)].contains(&to.reason);
            assert!(&**name != "database" || !is_late, "{change:?}");
            charged |= &**name == "holds" && is_late;
            judged |= &**name == "database" && to.is_healthy();
        }
    }
    assert!(judged, "it ends");
    assert!(charged, "and the one that holds it is charged");
}

/// One held worker of two explains nothing: a task would run on the other.
#[test]
fn a_check_that_holds_one_worker_does_not_hide_an_application_that_holds_the_rest() {
    let runtime = workers(2);
    let (ours, theirs) = (Barrier::default(), Barrier::default());
    let health = {
        let _on = runtime.enter();
        let builder = service().check(holds(ours.held()));
        builder.stall_limit(ms(1_000)).start().unwrap()
    };
    ours.close();
    let stuck = (Status::Unhealthy, Some(Reason::Stuck));
    wait_for("stuck", || verdict(&health, "holds") == stuck);
    thread::sleep(ms(1_500));
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    theirs.close();
    let held = theirs.held();
    runtime.spawn(async move { held.pass() });
    wait_for("stalled", || {
        health.liveness().reason == Some(ServiceReason::Stalled)
    });
    theirs.open();
    wait_for("alive", || {
        health.liveness().status == LivenessStatus::Alive
    });
    // Else the runtime waits for the check for ever.
    ours.open();
}

/// Liveness waits for its stall limit, traffic does not.
#[test]
fn an_instance_whose_runtime_runs_nothing_gets_no_traffic_whoever_holds_it() {
    for held_by_a_check in [false, true] {
        let runtime = workers(1);
        let barrier = Barrier::default();
        let health = {
            let _on = runtime.enter();
            service().check(holds(barrier.held())).start().unwrap()
        };
        wait_for("ready", || health.readiness().reason.is_none());
        barrier.close();
        if !held_by_a_check {
            let held = barrier.held();
            // Whoever comes first holds the worker, and the other one waits for it.
            runtime.spawn(async move { held.pass() });
        }
        wait_for("stalled", || {
            health.readiness().reason == Some(ServiceReason::Stalled)
        });
        assert_eq!(health.liveness().status, LivenessStatus::Alive);
        barrier.open();
        wait_for("ready again", || health.readiness().reason.is_none());
    }
}

/// Such a poll gives its worker away, so that everybody else goes on, and nobody is excused.
#[test]
fn a_check_that_blocks_in_place_holds_up_no_deadline() {
    let runtime = workers(1);
    let gives_away = Check::degraded("gives_away", || async {
        tokio::task::block_in_place(|| thread::sleep(ms(20_000)));
        Anything::Ok(())
    });
    let hangs = Check::critical("hangs", || async {
        // Its run is there before the worker is given away.
        std::future::pending::<Anything>().await
    });
    let hangs = hangs.timeout(ms(2_000)).interval(ms(2_000));
    let health = {
        let _on = runtime.enter();
        service().extend([gives_away, hangs]).start().unwrap()
    };
    wait_for("timed out", || {
        verdict(&health, "hangs") == (Status::Unhealthy, Some(Reason::TimedOut))
    });
    let age = health.deep().uptime;
    assert!(age < ms(15_000), "only after {age:?}");
    drop(health);
    runtime.shutdown_background();
}

/// What a run wakes a runtime keeps for the same worker, where no other worker takes it up.
#[test]
fn a_check_is_not_charged_with_what_the_one_that_woke_it_blocks_then() {
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    let guard = Mutex::new(Arc::clone(&lock).try_lock_owned().ok());
    let unlock = move || drop(guard.lock().unwrap().take());
    let wait = move || {
        let lock = Arc::clone(&lock);
        async move { drop(lock.lock().await) }
    };
    assert_woken_in_time("by a lock", unlock, wait);

    let sender = watch::Sender::new(false);
    let receiver = sender.subscribe();
    let tell = move || {
        sender.send_replace(true);
    };
    let wait = move || {
        let mut receiver = receiver.clone();
        async move { drop(receiver.wait_for(|told| *told).await) }
    };
    assert_woken_in_time("by a channel", tell, wait);
}

/// One check wakes another one, and then blocks its thread for longer than the other one has time.
fn assert_woken_in_time<F>(
    how: &str,
    wake: impl Fn() + Send + Sync + 'static,
    wait: impl Fn() -> F + Send + Sync + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = workers(4);
    let barrier = Barrier::default();
    barrier.close();
    let (is_waiting, wake) = (Arc::new(AtomicBool::new(false)), Arc::new(wake));
    let (seen, held) = (Arc::clone(&is_waiting), barrier.held());
    let blocks = Check::degraded("blocks", move || {
        let (seen, wake, held) = (Arc::clone(&seen), Arc::clone(&wake), held.clone());
        async move {
            while !seen.load(Ordering::SeqCst) {
                tokio::time::sleep(ms(1)).await;
            }
            // So that the poll which said so has returned.
            tokio::time::sleep(ms(50)).await;
            wake();
            held.pass();
            Anything::Ok(())
        }
    });
    let innocent = Check::critical("innocent", move || {
        is_waiting.store(true, Ordering::SeqCst);
        let waits = wait();
        async move {
            waits.await;
            Anything::Ok(())
        }
    });
    let innocent = innocent.timeout(ms(1_500)).fail_after(1);
    let health = {
        let _on = runtime.enter();
        service().extend([blocks, innocent]).start().unwrap()
    };
    wait_for("judged", || {
        verdict(&health, "innocent").1 != Some(Reason::Pending)
    });
    assert!(barrier.has_held(), "{how}: the other one blocks");
    let healthy = (Status::Healthy, None);
    assert_eq!(verdict(&health, "innocent"), healthy, "{how}");
    barrier.open();
}
