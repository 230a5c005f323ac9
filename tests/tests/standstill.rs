//! A process that stood still: what that excuses, and what it does not.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use health_core::{ChangeKind, Check, Reason, Status};
use tests::threads::{wait_for, workers};
use tests::{Log, leap, service, verdict};
use tokio::time::{Instant, sleep};

type Anything = Result<(), &'static str>;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The monitor does not wait for the log, and so cannot take its waiting for a standstill.
#[test]
fn a_slow_log_is_no_standstill_and_a_late_pass_is_a_timeout() {
    let runtime = workers(2);
    let log = Log::and(|_| thread::sleep(ms(1_500)));
    let flaps = Arc::new(Mutex::new(false));
    let flaps = Check::degraded_blocking("flaps", move || {
        let mut passes = flaps.lock().unwrap();
        *passes = !*passes;
        if *passes { Ok(()) } else { Err("no") }
    });
    let flaps = flaps.timeout(ms(200)).interval(ms(200)).retry(ms(200));
    let slow = Check::critical("slow", || async {
        sleep(ms(2_000)).await;
        Anything::Ok(())
    });
    let slow = slow.timeout(ms(300)).retry(ms(300));
    let health = {
        let _on = runtime.enter();
        let builder = service().extend([flaps.fail_after(1), slow]);
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    let mut changes = health.subscribe();
    let timed_out = (Status::Unhealthy, Some(Reason::TimedOut));
    wait_for("timed out", || verdict(&health, "slow") == timed_out);
    wait_for("a few lines", || log.lines().len() >= 3);
    drop(health);
    while let Some(change) = runtime.block_on(changes.next()) {
        if let ChangeKind::Check { name, to, .. } = &change.kind {
            assert!(&**name != "slow" || !to.is_serving(), "{change:?}");
        }
    }
}

const RETRY: Duration = ms(2_000);

/// When which of some checks was asked.
type Asked = Arc<Mutex<Vec<Instant>>>;

fn many(asked: &Asked) -> impl Iterator<Item = Check> + use<> {
    let asked = Arc::clone(asked);
    (0..50).map(move |n| {
        let asked = Arc::clone(&asked);
        let check = Check::critical(format!("check_{n}"), move || {
            asked.lock().unwrap().push(Instant::now());
            std::future::ready(Anything::Ok(()))
        });
        check.interval(ms(3_600_000_000)).retry(RETRY)
    })
}

#[tokio::test(start_paused = true)]
async fn what_is_old_after_a_standstill_is_asked_early_but_not_all_at_once() {
    let asked = Asked::default();
    let _health = service().extend(many(&asked)).start_paused().unwrap();
    sleep(ms(100)).await;
    assert_eq!(asked.lock().unwrap().drain(..).count(), 50);

    leap(ms(10_000));
    let woken = Instant::now();
    sleep(ms(20_000)).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 50, "each once");
    let within = |from, to| {
        let early = asked.iter().map(|at| at.duration_since(woken));
        early.filter(|at| (from..to).contains(at)).count()
    };
    assert_eq!(within(ms(0), RETRY + ms(300)), 50, "within their `retry`");
    for tenth in 0..23 {
        let asked = within(ms(tenth * 100), ms(tenth * 100 + 100));
        assert!(asked <= 20, "{asked} of 50 in one tenth of a second");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_younger_than_its_retry_is_not_asked_early() {
    let asked = Asked::default();
    let _health = service().extend(many(&asked)).start_paused().unwrap();
    sleep(ms(1)).await;
    // Longer than any sleep is late, shorter than `retry` with what has gone by.
    leap(ms(250 + 800));
    sleep(ms(20_000)).await;
    assert_eq!(asked.lock().unwrap().len(), 50);
}
