//! Checks of another crate are there when it is named, and their absence is noticed.

use health_core::{Health, ReadinessStatus, Status, checks};
use linked::Mailer;

#[tokio::test(start_paused = true)]
async fn checks_of_a_linked_crate_appear() {
    let health = Health::builder()
        .state(Mailer::default())
        .require(checks![linked::mailer])
        .start_paused()
        .unwrap();
    tests::eventually("degraded", || {
        health.readiness().status == ReadinessStatus::Degraded
    })
    .await;
    let report = health.deep();
    assert_eq!(report.checks["mailer"].status, Status::Unhealthy);
    assert_eq!(
        report.checks["mailer"].description.as_deref(),
        Some("Mail is late while this fails.\n\n# Errors\n\nWhen the mailer cannot be reached.")
    );
    assert!(
        report.checks["mailer"]
            .declared_at
            .starts_with("tests/linked/src/lib.rs:")
    );
}

#[tokio::test]
async fn a_function_that_is_no_check_is_a_problem_with_its_place() {
    let health = Health::builder()
        .state(Mailer::default())
        .require(checks![linked::mailer, linked::not_a_check]);
    let error = health.start().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    assert!(
        error
            .to_string()
            .contains("`linked::not_a_check` is not a check"),
        "{error}"
    );
    assert!(
        error.to_string().contains("tests/tests/linked.rs:"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn only_takes_just_these() {
    let health = Health::builder().only(checks![]).start_paused().unwrap();
    assert!(health.deep().checks.is_empty());
    let health = Health::builder()
        .state(Mailer::default())
        .only(checks![linked::mailer, linked::mailer])
        .start_paused()
        .unwrap();
    assert_eq!(health.deep().checks.len(), 1);
}

#[test]
fn a_check_is_a_function_like_any_other() {
    assert_eq!(linked::mailer(&Mailer::default()), Err("unreachable"));
    assert_eq!(
        linked::mailer(&Mailer {
            reachable: true.into()
        }),
        Ok(())
    );
}
