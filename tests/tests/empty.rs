//! A service without checks says so, unless it means it.

use health_core::{Health, ReadinessStatus};

#[tokio::test]
async fn no_checks_is_a_problem_unless_it_is_meant() {
    let error = Health::builder().start().unwrap_err();
    assert!(error.to_string().contains("there are no checks"), "{error}");
    let health = Health::builder().allow_empty().start().unwrap();
    tests::eventually("ready", || {
        health.readiness().status == ReadinessStatus::Ready
    })
    .await;
}
