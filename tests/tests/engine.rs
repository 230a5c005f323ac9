//! The engine on a paused clock: what a verdict is, and when.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use health_core::{
    Answer, ChangeKind, Check, LivenessStatus, Outcome, Readiness, ReadinessStatus, Reason,
    ServiceReason, StartupStatus, Status,
};
use tests::{Gauge, Log, leap, service, verdict};
use tokio::sync::Notify;
use tokio::time::sleep;

type Anything = Result<(), &'static str>;

const FAILED: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::Failed));
const TIMED_OUT: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::TimedOut));
const PANICKED: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::Panicked));
const STUCK: (Status, Option<Reason>) = (Status::Unhealthy, Some(Reason::Stuck));
const HEALTHY: (Status, Option<Reason>) = (Status::Healthy, None);

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A check whose answer a test can change.
fn switched(
    switch: &Arc<AtomicBool>,
) -> impl Fn() -> std::future::Ready<Anything> + Send + Sync + 'static {
    let switch = Arc::clone(switch);
    move || {
        std::future::ready(if switch.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err("switched off")
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_outcome_is_the_verdict_at_once() {
    let health = service()
        .check(Check::critical("good", || async { Anything::Ok(()) }))
        .check(Check::degraded("bad", || async { Anything::Err("no") }))
        .start_paused()
        .unwrap();
    assert_eq!(health.readiness().reason, Some(ServiceReason::Starting));
    sleep(ms(10)).await;
    assert_eq!(verdict(&health, "good"), HEALTHY);
    assert_eq!(verdict(&health, "bad"), FAILED);
    assert_eq!(health.readiness().status, ReadinessStatus::Degraded);
    assert_eq!(health.deep().checks["bad"].error.as_deref(), Some("no"));
}

#[tokio::test(start_paused = true)]
async fn checks_that_wake_one_another_take_no_time() {
    let (question, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (asked, answered) = (Arc::clone(&question), Arc::clone(&answer));
    // Each wakes the other one a thousand times, in a run of theirs.
    let asks = Check::critical("asks", move || {
        let (question, answer) = (Arc::clone(&question), Arc::clone(&answer));
        async move {
            for _ in 0..1_000 {
                question.notify_one();
                answer.notified().await;
            }
            Anything::Ok(())
        }
    });
    let answers = Check::critical("answers", move || {
        let (question, answer) = (Arc::clone(&asked), Arc::clone(&answered));
        async move {
            for _ in 0..1_000 {
                question.notified().await;
                answer.notify_one();
            }
            Anything::Ok(())
        }
    });
    let health = service().extend([asks, answers]).start_paused().unwrap();
    sleep(ms(10)).await;
    let report = health.deep();
    for check in ["asks", "answers"] {
        assert_eq!(verdict(&health, check), HEALTHY);
        assert_eq!(report.checks[check].latency, Some(Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn one_blip_changes_nothing_and_two_failures_are_confirmed_quickly() {
    let switch = Arc::new(AtomicBool::new(true));
    let runs = Arc::new(AtomicUsize::new(0));
    let fails_once = {
        let runs = Arc::clone(&runs);
        move || {
            std::future::ready(if runs.fetch_add(1, Ordering::SeqCst) == 1 {
                Err("blip")
            } else {
                Ok(())
            })
        }
    };
    let health = service()
        .check(Check::critical("blip", fails_once))
        .check(Check::critical("falls", switched(&switch)))
        .start_paused()
        .unwrap();
    let mut changes = health.subscribe();
    sleep(secs(20)).await;
    switch.store(false, Ordering::SeqCst);
    // The next run comes within 5.5 s, its confirmation 1.1 s later.
    sleep(ms(6_700)).await;
    assert_eq!(verdict(&health, "falls"), FAILED);
    switch.store(true, Ordering::SeqCst);
    sleep(ms(1_200)).await;
    assert_eq!(verdict(&health, "falls"), HEALTHY);
    drop(health);
    let mut told = Vec::new();
    while let Some(change) = changes.next().await {
        if let ChangeKind::Check { name, to, .. } = change.kind {
            told.push((name.to_string(), to.status));
        }
    }
    let expected = [
        ("blip", Status::Healthy),
        ("falls", Status::Healthy),
        ("falls", Status::Unhealthy),
        ("falls", Status::Healthy),
    ];
    told[..2].sort();
    assert_eq!(
        told,
        expected.map(|(check, status)| (check.to_owned(), status))
    );
    assert_eq!(changes.missed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_times_out_and_is_asked_again_one_at_a_time() {
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let hangs = move || {
        let inside = entered.enter();
        async move {
            let _inside = inside;
            pending::<Anything>().await
        }
    };
    let health = service()
        .check(Check::critical("hangs", hangs))
        .start_paused()
        .unwrap();
    sleep(ms(1_990)).await;
    assert_eq!(health.readiness().reason, Some(ServiceReason::Starting));
    sleep(ms(20)).await;
    assert_eq!(verdict(&health, "hangs"), TIMED_OUT);
    sleep(secs(60)).await;
    assert_eq!(verdict(&health, "hangs"), TIMED_OUT);
    assert_eq!(gauge.most(), 1);
    // 2 s until the deadline and about 1 s until the next.
    assert!((18..=24).contains(&gauge.ever()), "{} runs", gauge.ever());
}

#[tokio::test]
async fn a_run_that_cannot_be_ended_is_stuck_and_never_started_twice() {
    let (let_go, held) = std::sync::mpsc::channel();
    let held = std::sync::Mutex::new(Some(held));
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let blocks = move || {
        let _inside = entered.enter();
        if let Some(held) = held.lock().unwrap().take() {
            let held: std::sync::mpsc::Receiver<()> = held;
            held.recv().unwrap();
        }
        Anything::Ok(())
    };
    let health = service()
        .check(
            Check::critical_blocking("blocks", blocks)
                .timeout(ms(100))
                .retry(ms(100)),
        )
        .check(Check::critical("other", || async { Anything::Ok(()) }))
        .start()
        .unwrap();
    tests::eventually("stuck", || verdict(&health, "blocks") == STUCK).await;
    assert_eq!(verdict(&health, "other"), HEALTHY);
    assert_eq!(gauge.ever(), 1, "not started while it has not ended");
    let report = health.deep();
    assert!(report.checks["blocks"].stuck_for.is_some());
    assert!(
        report.checks["blocks"].consecutive_failures > 1,
        "each missed slot is a failure"
    );
    let_go.send(()).unwrap();
    tests::eventually("asked again", || verdict(&health, "blocks") == HEALTHY).await;
    assert_eq!(health.deep().checks["blocks"].stuck_for, None);
    assert_eq!(gauge.most(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_late_result_is_discarded() {
    let late = || async {
        sleep(ms(2_000)).await;
        Anything::Ok(())
    };
    let early = || async {
        sleep(ms(1_900)).await;
        Anything::Ok(())
    };
    let health = service()
        .check(Check::degraded("late", late).timeout(ms(1_990)))
        .check(Check::degraded("early", early))
        .start_paused()
        .unwrap();
    sleep(secs(30)).await;
    assert_eq!(verdict(&health, "late"), TIMED_OUT);
    assert_eq!(verdict(&health, "early"), HEALTHY);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_wherever_it_happens() {
    struct PanicsInDrop;
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic!("dropped badly");
        }
    }
    async fn in_future() -> Anything {
        panic!("polled badly")
    }
    async fn in_payload() -> Anything {
        std::panic::panic_any(PanicsInDrop)
    }
    let in_closure = || -> std::future::Ready<Anything> { panic!("called badly") };
    let in_drop = || {
        let value = PanicsInDrop;
        std::future::poll_fn(move |_| {
            let _ = &value;
            std::task::Poll::Ready(Anything::Ok(()))
        })
    };
    let when_given_up = || {
        let value = PanicsInDrop;
        std::future::poll_fn(move |_| {
            let _ = &value;
            std::task::Poll::<Anything>::Pending
        })
    };
    let health = service()
        .check(Check::critical("given_up", when_given_up))
        .check(Check::critical("future", in_future))
        .check(Check::critical("payload", in_payload))
        .check(Check::critical("closure", in_closure))
        .check(Check::critical("drop", in_drop))
        .check(Check::critical_blocking("blocking", || -> Anything {
            panic!("ran badly")
        }))
        .check(Check::critical("other", || async { Anything::Ok(()) }))
        .start_paused()
        .unwrap();
    sleep(secs(30)).await;
    for name in ["future", "payload", "closure", "drop", "blocking"] {
        assert_eq!(verdict(&health, name), PANICKED, "{name}");
    }
    assert_eq!(verdict(&health, "given_up"), TIMED_OUT);
    assert_eq!(verdict(&health, "other"), HEALTHY);
    let error = |name| {
        health.deep().checks[name]
            .error
            .as_deref()
            .map(str::to_owned)
    };
    assert_eq!(error("blocking").as_deref(), Some("panicked: ran badly"));
    assert_eq!(error("payload").as_deref(), Some("panicked"));
}

#[tokio::test(start_paused = true)]
async fn a_check_can_say_degraded_by_itself() {
    let health = service()
        .check(Check::critical("queue", || async {
            Outcome::degraded("12 wait").with_details([12])
        }))
        .start_paused()
        .unwrap();
    sleep(ms(10)).await;
    assert_eq!(
        verdict(&health, "queue"),
        (Status::Degraded, Some(Reason::Reported))
    );
    assert_eq!(health.readiness().status, ReadinessStatus::Degraded);
    assert_eq!(
        *health.deep().checks["queue"].details,
        serde_json::json!([12])
    );
}

#[tokio::test(start_paused = true)]
async fn startup_latches() {
    let switch = Arc::new(AtomicBool::new(false));
    let mut builder = service()
        .check(Check::startup("catalog", switched(&switch)))
        .check(Check::critical("database", || async { Anything::Ok(()) }));
    let task = builder.startup_task("warm");
    let health = builder.start_paused().unwrap();
    sleep(secs(60)).await;
    assert_eq!(health.startup().status, StartupStatus::Starting);
    assert_eq!(health.readiness().reason, Some(ServiceReason::Starting));
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    switch.store(true, Ordering::SeqCst);
    task.progress(0.5);
    sleep(secs(2)).await;
    assert_eq!(
        health.startup().status,
        StartupStatus::Starting,
        "the task is not done"
    );
    assert!((health.startup().tasks.get("warm").unwrap().progress - 0.5).abs() < 1e-9);
    task.complete();
    sleep(ms(300)).await;
    assert_eq!(health.startup().status, StartupStatus::Started);
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    switch.store(false, Ordering::SeqCst);
    sleep(secs(60)).await;
    assert_eq!(
        health.startup().status,
        StartupStatus::Started,
        "never asked again"
    );
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
}

#[tokio::test(start_paused = true)]
async fn a_task_dropped_unfinished_keeps_the_service_starting() {
    let mut builder = service();
    let task = builder.startup_task("warm");
    let health = builder.start_paused().unwrap();
    drop(task);
    sleep(secs(60)).await;
    assert_eq!(health.startup().status, StartupStatus::Starting);
    assert!(health.deep().tasks["warm"].error.is_some());
}

#[tokio::test(start_paused = true)]
async fn three_failures_kill_and_a_dependency_never_does() {
    let switch = Arc::new(AtomicBool::new(true));
    let moves = {
        let switch = Arc::clone(&switch);
        move || {
            if switch.load(Ordering::SeqCst) {
                Ok(())
            } else {
                Err("stands still")
            }
        }
    };
    let health = service()
        .check(Check::liveness("moves", moves).interval(secs(1)))
        .check(Check::critical("database", || async {
            Anything::Err("down")
        }))
        .start_paused()
        .unwrap();
    sleep(secs(30)).await;
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    switch.store(false, Ordering::SeqCst);
    // Runs are 0.9 s to 1.1 s apart.
    sleep(ms(1_700)).await;
    assert_eq!(
        health.liveness().status,
        LivenessStatus::Alive,
        "two failures"
    );
    sleep(ms(1_700)).await;
    assert_eq!(health.liveness().status, LivenessStatus::NotAlive);
    switch.store(true, Ordering::SeqCst);
    sleep(secs(2)).await;
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_stops_kills_and_one_that_finished_does_not() {
    let health = service().start_paused().unwrap();
    let consumer = health.heartbeat("consumer", secs(10)).unwrap();
    let mailer = health.heartbeat("mailer", secs(10)).unwrap();
    assert!(
        health.heartbeat("mailer", secs(10)).is_err(),
        "it beats already"
    );
    assert!(health.heartbeat("No", secs(10)).is_err());
    assert!(health.heartbeat("zero", Duration::ZERO).is_err());
    for _ in 0..10 {
        sleep(secs(5)).await;
        consumer.beat();
        mailer.beat();
    }
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    mailer.finish();
    sleep(secs(5)).await;
    consumer.beat();
    sleep(ms(10_600)).await;
    let liveness = health.liveness();
    assert_eq!(liveness.status, LivenessStatus::NotAlive);
    assert_eq!(
        liveness.heartbeats.get("consumer").unwrap().reason,
        Some(Reason::Overdue)
    );
    assert_eq!(liveness.heartbeats.get("mailer"), None);
    drop(consumer);
    let successor = health.heartbeat("consumer", secs(10)).unwrap();
    sleep(ms(10)).await;
    assert_eq!(
        health.liveness().status,
        LivenessStatus::Alive,
        "the worker was started again"
    );
    assert_eq!(health.deep().heartbeats.len(), 1);
    drop(successor);
    sleep(ms(300)).await;
    assert_eq!(health.liveness().status, LivenessStatus::NotAlive);
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_for_good_is_not_alive_and_tells_why_only_in_private() {
    let health = service().start_paused().unwrap();
    health.declare_broken("the index is corrupt");
    sleep(ms(10)).await;
    assert_eq!(health.liveness().reason, Some(ServiceReason::Broken));
    assert_eq!(
        health.deep().broken.as_deref(),
        Some("the index is corrupt")
    );
    assert!(
        !serde_json::to_string(&*health.liveness())
            .unwrap()
            .contains("corrupt")
    );
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stood_still_gets_a_round_of_grace() {
    let gauge = Gauge::default();
    let entered = gauge.clone();
    let moves = move || {
        let _inside = entered.enter();
        Anything::Ok(())
    };
    let health = service()
        .check(Check::liveness("moves", moves))
        .start_paused()
        .unwrap();
    let heartbeat = health.heartbeat("consumer", secs(10)).unwrap();
    sleep(secs(1)).await;
    let before = gauge.ever();
    // To the engine a jump of the clock is a minute in which nothing ran.
    tokio::time::advance(secs(60)).await;
    for _ in 0..10 {
        sleep(ms(100)).await;
        assert_eq!(health.liveness().status, LivenessStatus::Alive);
        heartbeat.beat();
    }
    assert!(gauge.ever() > before, "it was asked again at once");
}

#[tokio::test(start_paused = true)]
async fn draining_is_a_latch_and_the_clock_of_the_first_signal_counts() {
    let health = service()
        .check(Check::critical("database", || async { Anything::Ok(()) }))
        .start_paused()
        .unwrap();
    sleep(secs(1)).await;
    let closes = tokio::spawn(health.drain_on(async { sleep(secs(1)).await }, secs(5)));
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    sleep(ms(1_010)).await;
    assert_eq!(health.readiness().reason, Some(ServiceReason::Draining));
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
    sleep(secs(3)).await;
    assert!(!closes.is_finished());
    health.drain();
    let closes_too = health.drain_on(pending(), secs(5));
    let begun = tokio::time::Instant::now();
    closes_too.await;
    closes.await.unwrap();
    assert!(
        begun.elapsed() < secs(2),
        "the second call started nothing anew"
    );
    sleep(secs(60)).await;
    assert_eq!(health.readiness().reason, Some(ServiceReason::Draining));
}

#[tokio::test(start_paused = true)]
async fn readiness_fails_at_once_when_draining_begins() {
    let health = service().start_paused().unwrap();
    assert_eq!(
        health.readiness().status,
        ReadinessStatus::Ready,
        "nothing is waited for"
    );
    health.drain();
    assert_eq!(health.readiness().reason, Some(ServiceReason::Draining));
    assert_eq!(health.deep().reason, Some(ServiceReason::Draining));
    assert_eq!(health.liveness().status, LivenessStatus::Alive);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_ends_is_left_after_the_limit() {
    let health = service().start_paused().unwrap();
    let closes = health.drain_on(async {}, secs(5));
    let server = async {
        closes.await;
        pending::<()>().await;
    };
    let begun = tokio::time::Instant::now();
    assert_eq!(health.until_drained(server, secs(20)).await, None);
    assert_eq!(begun.elapsed().as_secs(), 25);
    assert_eq!(health.until_drained(async { 7 }, secs(20)).await, Some(7));
}

/// A server that is gone keeps nobody waiting for its last requests.
#[tokio::test(start_paused = true)]
async fn a_delay_counts_as_long_as_somebody_holds_it() {
    let health = service().start_paused().unwrap();
    let closes = |delay| health.drain_on(pending(), secs(delay));
    let (short, long, longest) = (closes(2), closes(5), closes(60));
    drop(longest);
    let begun = tokio::time::Instant::now();
    health.drain();
    let drained = tokio::spawn(health.drained());
    sleep(secs(1)).await;
    drop(long);
    drained.await.unwrap();
    assert_eq!(begun.elapsed(), secs(2));
    short.await;
    health.drained().await;
    assert_eq!(begun.elapsed(), secs(2), "and none of them comes back");
    assert_eq!(health.readiness().reason, Some(ServiceReason::Draining));
}

#[tokio::test(start_paused = true)]
async fn a_fleet_that_starts_together_does_not_ask_together() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let started = tokio::time::Instant::now();
    let fleet: Vec<_> = (0..200)
        .map(|_| {
            let asked = Arc::clone(&asked);
            let asks = move || {
                asked.lock().unwrap().push(started.elapsed());
                std::future::ready(Anything::Ok(()))
            };
            let check = Check::critical("database", asks);
            service().check(check).start_paused().unwrap()
        })
        .collect();
    sleep(ms(5_100)).await;
    drop(fleet);
    let asked = asked.lock().unwrap();
    let at_once = asked.iter().filter(|at| at.is_zero()).count();
    assert_eq!(at_once, 200, "the first run is not delayed");
    // The second run of each is somewhere within the interval.
    for second in 0..5 {
        let within = |at: &&Duration| !at.is_zero() && at.as_secs() == second;
        let asked = asked.iter().filter(within).count();
        assert!(
            (10..=100).contains(&asked),
            "{asked} of 200 in second {second}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn from_a_silent_monitor_no_heartbeat_is_heard() {
    let health = service().start_paused().unwrap();
    let heartbeat = health.heartbeat("consumer", secs(3_600)).unwrap();
    sleep(secs(1)).await;
    assert_eq!(health.deep().heartbeats["consumer"].status, Status::Healthy);
    leap(secs(60));
    heartbeat.beat();
    let report = health.deep();
    let consumer = &report.heartbeats["consumer"];
    assert_eq!(
        (consumer.status, consumer.reason),
        (Status::Unhealthy, Some(Reason::Stale))
    );
    assert_eq!(
        consumer.age,
        Duration::ZERO,
        "it is the monitor that hears nothing"
    );
    // The public answer waits for the suspicion to hold.
    health.liveness();
    leap(secs(1));
    let liveness = health.liveness();
    assert_eq!(liveness.heartbeats["consumer"].reason, Some(Reason::Stale));
    sleep(secs(1)).await;
    assert_eq!(health.deep().heartbeats["consumer"].status, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn the_report_says_why_the_process_is_not_alive() {
    let health = service().start_paused().unwrap();
    sleep(secs(1)).await;
    assert_eq!(health.deep().liveness_reason, None);
    leap(secs(60));
    let report = health.deep();
    let stale = (LivenessStatus::NotAlive, Some(ServiceReason::Stale));
    assert_eq!((report.liveness, report.liveness_reason), stale);
    health.declare_broken("the disk is full");
    health.drain();
    let report = health.deep();
    let broken = (LivenessStatus::NotAlive, Some(ServiceReason::Broken));
    assert_eq!((report.liveness, report.liveness_reason), broken);
    assert_eq!(report.reason, Some(ServiceReason::Draining));
}

#[tokio::test(start_paused = true)]
async fn the_line_of_a_check_that_fails_says_why_and_that_of_one_that_passes_for_how_long() {
    let log = Log::default();
    let _log = tracing::dispatcher::set_default(&log.dispatch());
    let switch = Arc::new(AtomicBool::new(false));
    let check = Check::critical("database", switched(&switch));
    let check = check.interval(secs(5)).retry(secs(5));
    let _health = service().check(check).start_paused().unwrap();
    sleep(secs(20)).await;
    switch.store(true, Ordering::SeqCst);
    sleep(secs(20)).await;
    let fails = log.one("database is unhealthy (failed)");
    assert_eq!(fails.fields["error"], "switched off");
    let passes = log.one("database is healthy");
    assert_eq!(passes.fields.get("error"), None);
    assert!(passes.fields["after"].starts_with('2'), "{passes:?}");
}

#[tokio::test(start_paused = true)]
async fn the_line_of_a_service_that_is_not_ready_names_what_fails() {
    let log = Log::default();
    let _log = tracing::dispatcher::set_default(&log.dispatch());
    let switch = Arc::new(AtomicBool::new(true));
    let check = Check::critical("database", switched(&switch)).fail_after(1);
    let check = check.timeout(secs(1)).interval(secs(1));
    let _health = service().check(check).start_paused().unwrap();
    sleep(secs(3)).await;
    let is_ready = "the service is ready";
    assert_eq!(
        log.count(is_ready),
        0,
        "the first time has a line of its own"
    );
    switch.store(false, Ordering::SeqCst);
    sleep(secs(3)).await;
    let because = &log.one("the service is not_ready").fields["because"];
    assert_eq!(because, "database is unhealthy (failed)");
    switch.store(true, Ordering::SeqCst);
    sleep(secs(3)).await;
    assert_eq!(log.count(is_ready), 1);
}

/// Each wake-up costs more than the run that it begins; few checks are asked to the millisecond.
#[tokio::test(start_paused = true)]
async fn a_crowd_is_asked_in_batches_and_few_are_not() {
    for (number, batches) in [(256, 150..1_000), (257, 20..120)] {
        let asked = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
        let checks = (0..number).map(|n| {
            let asked = Arc::clone(&asked);
            let check = Check::critical(format!("check_{n}"), move || {
                asked.lock().unwrap().insert(tokio::time::Instant::now());
                std::future::ready(Anything::Ok(()))
            });
            check.interval(secs(1))
        });
        let health = service().extend(checks).start_paused().unwrap();
        sleep(secs(2)).await;
        let before = asked.lock().unwrap().len();
        sleep(secs(5)).await;
        drop(health);
        let in_a_second = (asked.lock().unwrap().len() - before) / 5;
        assert!(batches.contains(&in_a_second), "{number}: {in_a_second}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_did_not_change_stays_the_same_value() {
    let switch = Arc::new(AtomicBool::new(true));
    let health = service()
        .check(Check::critical("database", switched(&switch)))
        .start_paused()
        .unwrap();
    sleep(secs(1)).await;
    let liveness = Answer::arc(&health.liveness());
    let readiness = Answer::arc(&health.readiness());
    let is_the_same =
        |readiness: &Readiness| std::ptr::eq(readiness, &raw const *health.readiness());
    sleep(secs(60)).await;
    // What was rendered of it can be served again.
    assert!(is_the_same(&readiness));
    assert!(Arc::ptr_eq(&readiness, &Answer::arc(&health.readiness())));
    switch.store(false, Ordering::SeqCst);
    sleep(secs(60)).await;
    assert!(!is_the_same(&readiness));
    assert_eq!(*liveness, *health.liveness());
}

#[tokio::test(start_paused = true)]
async fn a_limit_without_an_end_waits_for_ever_and_panics_never() {
    let health = service().start_paused().unwrap();
    let closes = tokio::spawn(health.drain_on(async {}, Duration::MAX));
    let server = async { sleep(secs(60)).await };
    assert_eq!(health.until_drained(server, Duration::MAX).await, Some(()));
    assert!(!closes.is_finished());
}

#[tokio::test(start_paused = true)]
async fn progress_is_published_at_most_four_times_a_second() {
    let mut builder = service();
    let task = builder.startup_task("warm");
    let health = builder.start_paused().unwrap();
    let mut shown = std::collections::BTreeSet::new();
    for step in 0..100_u32 {
        task.progress(f64::from(step) / 100.0);
        // Wakes the monitor, as a check that ends does.
        let heartbeat = health.heartbeat("step", secs(10)).unwrap();
        sleep(ms(10)).await;
        heartbeat.finish();
        shown.insert(
            health
                .startup()
                .tasks
                .get("warm")
                .unwrap()
                .progress
                .to_bits(),
        );
    }
    assert!(
        (3..=6).contains(&shown.len()),
        "{} within a second",
        shown.len()
    );
}
