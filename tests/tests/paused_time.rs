//! A service on a paused clock is judged as one in production is.

use std::time::Duration;

use health_core::{Check, ErrorRate, Health, Outcome, Status, checks, health_check};
use tests::{eventually, service, verdict};
use tokio::runtime::Handle;
use tokio::time::sleep;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A plain function that asks an async client.
fn bridges() -> Check {
    Check::critical_blocking("bridges", || {
        Handle::current().block_on(async {
            tokio::task::yield_now().await;
            Ok::<_, &str>(())
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_plain_function_may_wait_for_the_runtime_here() {
    let health = service().check(bridges()).start_paused().unwrap();
    sleep(secs(1)).await;
    assert_eq!(verdict(&health, "bridges").0, Status::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_function_may_wait_for_the_runtime_there() {
    let health = service().check(bridges()).start().unwrap();
    eventually("judged", || {
        verdict(&health, "bridges").0 != Status::Unknown
    })
    .await;
    assert_eq!(verdict(&health, "bridges").0, Status::Healthy);
}

#[health_check(degraded)]
fn order_errors(errors: &ErrorRate) -> Outcome {
    errors.outcome()
}

#[tokio::test(start_paused = true)]
async fn an_error_rate_keeps_the_time_of_its_service() {
    let errors = ErrorRate::new(secs(60));
    let health = Health::builder()
        .only(checks![order_errors])
        .state(errors.clone())
        .start_paused()
        .unwrap();
    for _ in 0..100 {
        errors.failure();
    }
    sleep(secs(20)).await;
    assert_eq!(verdict(&health, "order_errors").0, Status::Unhealthy);
    sleep(secs(3_600)).await;
    assert_eq!(errors.rate().samples, 0, "an hour later");
    assert_eq!(verdict(&health, "order_errors").0, Status::Healthy);
}

/// A metric, a page and the check may ask as often as they like.
#[tokio::test(start_paused = true)]
async fn asking_an_error_rate_changes_nothing() {
    let errors = ErrorRate::new(secs(60)).limit(0.1).min_samples(20);
    let record = |successes: usize, failures: usize| {
        (0..successes).for_each(|_| errors.success());
        (0..failures).for_each(|_| errors.failure());
    };
    record(80, 20);
    assert_eq!(errors.outcome().status(), Status::Unhealthy, "20 %");
    sleep(secs(1)).await;
    record(180, 0);
    assert_eq!(errors.outcome().status(), Status::Healthy, "7.1 %");
    let untouched = ErrorRate::new(secs(60)).limit(0.1).min_samples(20);
    for _ in 0..13 {
        untouched.success();
    }
    untouched.failure();
    for _ in 0..12 {
        untouched.success();
    }
    assert_eq!(untouched.outcome(), untouched.outcome());
    assert_eq!(untouched.outcome().status(), Status::Healthy);
}
