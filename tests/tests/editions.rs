//! Checks that crates of every edition declare, and that are linked because they are named.

use health_core::{CheckRef, Health, ReadinessStatus};

async fn is_ready(
    checks: [CheckRef; 2],
    state: impl FnOnce(health_core::Builder) -> health_core::Builder,
) {
    let builder = Health::builder().require(checks).only(checks);
    let health = state(builder).start().unwrap();
    tests::eventually("ready", || {
        health.readiness().status == ReadinessStatus::Ready
    })
    .await;
    assert_eq!(health.deep().checks.len(), 2);
}

macro_rules! editions {
    ($($edition:ident)*) => {$(
        #[tokio::test]
        async fn $edition() {
            is_ready($edition::all(), |builder| builder.state($edition::Pool)).await;
        }
    )*};
}

editions!(edition_2015 edition_2018 edition_2021 edition_2024);
