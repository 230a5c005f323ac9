//! What leaves a line in the log and is told to subscribers, and when.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use health_core::{
    ChangeKind, Check, Health, LivenessStatus, ReadinessStatus, Reason, ServiceReason, Status,
};
use tests::threads::{Barrier, wait_for, workers};
use tests::{Log, service, verdict};
use tokio::time::sleep;
use tracing::Level;

type Anything = Result<(), &'static str>;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The news that were told up to now, in words.
fn told(changes: &mut health_core::Changes) -> Vec<String> {
    std::iter::from_fn(|| changes.try_next())
        .map(|change| change.to_string())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_takes_a_pod_out_of_traffic_or_restarts_it_is_told_once() {
    let log = Log::default();
    let _log = tracing::dispatcher::set_default(&log.dispatch());
    let mut builder = service().check(Check::critical("database", || async { Anything::Ok(()) }));
    let (loads, fails) = (
        builder.startup_task("catalog"),
        builder.startup_task("index"),
    );
    let health = builder.start_paused().unwrap();
    let mut changes = health.subscribe();
    loads.complete();
    fails.fail("no room");
    sleep(secs(1)).await;
    let line = log.one("startup task index is failed, 0 % done");
    assert_eq!(line.level, Level::ERROR);
    assert_eq!(line.fields["error"], "no room");

    let heartbeat = health.heartbeat("mailer", secs(1)).unwrap();
    heartbeat.beat();
    sleep(secs(3)).await;
    let line = log.one("heartbeat mailer is unhealthy (overdue)");
    assert_eq!(line.level, Level::WARN);
    let line = log.one("the service is not_alive");
    assert_eq!(line.level, Level::ERROR);
    assert!(line.fields["because"].contains("mailer"), "{line:?}");
    let line = log.one("the service is not_ready (not_alive)");
    assert_eq!(line.level, Level::WARN);

    heartbeat.finish();
    sleep(secs(1)).await;
    assert_eq!(log.one("the service is alive").level, Level::INFO);
    health.drain();
    sleep(secs(1)).await;
    assert_eq!(log.one("the service is draining").level, Level::INFO);

    health.declare_broken("beyond repair");
    sleep(secs(1)).await;
    let line = log.one("the application declared itself broken");
    assert_eq!(line.level, Level::ERROR);
    assert_eq!(line.fields["reason"], "beyond repair");
    assert_eq!(log.count("the service is not_alive (broken)"), 1);

    let told = told(&mut changes);
    for news in [
        "startup task catalog is complete, 100 % done",
        "startup task index is failed, 0 % done",
        "heartbeat mailer is unhealthy (overdue)",
        "the service is not_alive",
        "the service is not_ready (not_alive)",
        "heartbeat mailer is finished",
        "the service is alive",
        "the service is draining",
        "the service is not_ready (draining)",
        "the service is not_alive (broken)",
    ] {
        let times = told.iter().filter(|change| *change == news).count();
        assert_eq!(times, 1, "{news}: {told:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn that_the_service_is_ready_and_after_how_long_is_said_once() {
    let log = Log::default();
    let _log = tracing::dispatcher::set_default(&log.dispatch());
    let slow = || async {
        sleep(ms(1_200)).await;
        Anything::Ok(())
    };
    let health = service()
        .check(Check::critical("database", slow))
        .start_paused()
        .unwrap();
    sleep(secs(60)).await;
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    let line = log.one("the service is ready after 1s 200ms");
    assert_eq!((line.level, &*line.fields["checks"]), (Level::INFO, "1"));
    let quiet = log.lines().into_iter();
    let loud = quiet.filter(|line| line.level <= Level::WARN);
    assert_eq!(
        loud.count(),
        0,
        "a start that goes well is no warning: {log:?}"
    );
}

#[test]
fn a_stall_and_its_end_are_told() {
    let runtime = workers(1);
    let log = Log::default();
    let health = {
        let _on = runtime.enter();
        let builder = service().stall_limit(secs(4));
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    let mut changes = health.subscribe();
    let barrier = Barrier::default();
    barrier.close();
    let held = barrier.held();
    runtime.spawn(async move { held.pass() });
    wait_for("not alive", || {
        health.liveness().reason == Some(ServiceReason::Stalled)
    });
    barrier.open();
    wait_for("alive", || {
        health.liveness().status == LivenessStatus::Alive
    });
    let news = [
        "the application's runtime is stalled",
        "the service is not_ready (stalled)",
        "the service is not_alive (stalled)",
        "the application's runtime runs again",
        "the service is alive",
    ];
    wait_for("written", || news.iter().all(|news| log.count(news) == 1));
    let mut told = told(&mut changes);
    told.retain(|change| news.contains(&change.as_str()));
    assert_eq!(told.len(), news.len(), "{told:?}");
}

#[test]
fn a_runtime_that_is_gone_is_told_and_ends_what_waits_for_news() {
    let runtime = workers(1);
    let log = Log::default();
    let health = {
        let _on = runtime.enter();
        let check = Check::critical("waits", std::future::pending::<Anything>);
        let builder = service().check(check);
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    let mut changes = health.subscribe();
    runtime.shutdown_background();
    wait_for("draining", || {
        health.readiness().reason == Some(ServiceReason::Draining)
    });
    // The handle lives, and nothing will ever change again.
    let elsewhere = workers(1);
    elsewhere.block_on(async {
        let ended = async { while changes.next().await.is_some() {} };
        let waited = health.wait_until(|_| false);
        let both = async { tokio::join!(ended, waited, health.changed()) };
        tokio::time::timeout(secs(30), both).await.expect("an end");
    });
    wait_for("written", || {
        log.count("the application's runtime has shut down, so no check runs any more") == 1
    });
}

/// A log may be as slow as it likes: whoever reads or follows the answers does not wait for it.
#[test]
fn nobody_but_the_log_waits_for_the_log() {
    let runtime = workers(2);
    let barrier = Barrier::default();
    barrier.close();
    let held = barrier.held();
    let log = Log::and(move |_| held.pass());
    let switch = Barrier::default();
    let asked = switch.held();
    switch.close();
    let fails = Check::degraded("fails", move || {
        let passes = asked.has_held();
        async move { if passes { Ok(()) } else { Err("no") } }
    });
    let fails = fails.timeout(ms(100)).interval(ms(100)).retry(ms(100));
    let health = {
        let _on = runtime.enter();
        let builder = service().check(fails);
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    let mut changes = health.subscribe();
    wait_for("the log is held", || barrier.has_held());
    // Another change comes, and is told, while the first is still being written.
    std::thread::scope(|scope| {
        let held = switch.held();
        scope.spawn(move || held.pass());
        wait_for("turned", || switch.has_held());
        switch.open();
    });
    wait_for("healthy", || verdict(&health, "fails").0 == Status::Healthy);
    wait_for("told", || {
        std::iter::from_fn(|| changes.try_next())
            .any(|change| matches!(change.kind, ChangeKind::Check { to, .. } if to.is_healthy()))
    });
    health.declare_broken("beyond repair");
    assert_eq!(health.liveness().reason, Some(ServiceReason::Broken));
    assert_eq!(log.lines().len(), 1, "the log is held all the while");
}

/// What a layer does that takes an error for the end.
#[test]
fn a_log_that_declares_the_service_broken_at_every_error_is_told_once() {
    let runtime = workers(2);
    let known: Arc<OnceLock<Health>> = Arc::default();
    let health = Arc::clone(&known);
    let log = Log::and(move |line| {
        if line.level == Level::ERROR
            && let Some(health) = health.get()
        {
            health.declare_broken("an error was logged");
        }
    });
    let runs = Arc::new(AtomicUsize::new(0));
    let ran = Arc::clone(&runs);
    let check = Check::critical("database", move || {
        ran.fetch_add(1, Ordering::SeqCst);
        async { Anything::Ok(()) }
    });
    let often = ms(100);
    let health = {
        let _on = runtime.enter();
        let builder = service().check(check.timeout(often).interval(often).retry(often));
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    known.set(health.clone()).unwrap();
    health.declare_broken("beyond repair");
    for _ in 0..100_000 {
        health.declare_broken("again");
    }
    let before = runs.load(Ordering::SeqCst);
    wait_for("goes on", || runs.load(Ordering::SeqCst) > before + 10);
    assert_eq!(
        log.one("the application declared itself broken").fields["reason"],
        "beyond repair"
    );
    assert_eq!(log.count("the service is not_alive (broken)"), 1);
    assert_eq!(health.deep().broken.as_deref(), Some("beyond repair"));
}

/// More at once than any queue of a fixed length holds.
#[tokio::test(start_paused = true)]
async fn a_reader_who_keeps_up_misses_no_change_of_a_thousand_at_once() {
    let checks = (0..1_000).map(|n| {
        let check = Check::critical(format!("check_{n}"), std::future::pending::<Anything>);
        check.timeout(ms(300))
    });
    let health = service().extend(checks).start_paused().unwrap();
    let mut changes = health.subscribe();
    sleep(ms(500)).await;
    let mut timed_out = std::collections::BTreeSet::new();
    while let Some(change) = changes.try_next() {
        if let ChangeKind::Check { name, to, .. } = change.kind {
            assert_eq!(to.reason, Some(Reason::TimedOut), "{name}");
            timed_out.insert(name);
        }
    }
    assert_eq!((timed_out.len(), changes.missed()), (1_000, 0));
}

/// The run that holds its worker ends long after the service, and keeps nobody waiting for the end.
#[test]
fn whoever_follows_hears_of_the_end_though_a_run_goes_on() {
    let runtime = workers(2);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let holds = Check::critical("holds", move || {
        let held = Arc::clone(&held);
        async move {
            let _ = held.lock().unwrap().recv();
            Anything::Ok(())
        }
    });
    let health = {
        let _on = runtime.enter();
        service().check(holds.timeout(ms(100))).start().unwrap()
    };
    wait_for("timed out", || {
        verdict(&health, "holds").0 == Status::Unhealthy
    });
    let mut changes = health.subscribe();
    drop(health);
    let end = async { while changes.next().await.is_some() {} };
    let ended = runtime.block_on(async { tokio::time::timeout(secs(15), end).await });
    drop(release);
    assert!(ended.is_ok(), "the run goes on, and so does the waiting");
}
