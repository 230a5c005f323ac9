//! What keeps a service from starting is said at once, all of it, each with its place.

use std::time::Duration;

use health_core::{Check, Health, checks, health_check};
use tests::service;

type Anything = Result<(), &'static str>;

struct Pool(bool);
struct Index(bool);

#[health_check(critical)]
async fn database(pool: &Pool, index: &Index) -> Anything {
    if pool.0 && index.0 {
        Ok(())
    } else {
        Err("closed")
    }
}

#[health_check(degraded, name = "database")]
fn second() -> Result<(), std::io::Error> {
    std::fs::metadata(".").map(drop)
}

fn fine() -> Check {
    Check::critical("fine", || async { Anything::Ok(()) })
}

#[tokio::test]
async fn every_problem_is_named_at_once_with_its_place() {
    let mut builder = Health::builder()
        .state(7_u8)
        .state(8_u8)
        .stall_limit(Duration::ZERO)
        .check(Check::critical("Bad Name", || async { Anything::Ok(()) }))
        .check(
            Check::critical_blocking("late", || Anything::Ok(())).timeout(Duration::from_mins(1)),
        )
        .check(Check::critical_blocking("never", || Anything::Ok(())).fail_after(0));
    drop(builder.startup_task("warm"));
    drop(builder.startup_task("warm"));
    let error = builder.start().unwrap_err();
    let text = error.to_string();
    for part in [
        "no `start::Pool` was given",
        "no `start::Index` was given",
        "state `u8` was given before",
        "the stall limit is zero",
        "`Bad Name`",
        "`timeout` is longer than `interval`",
        "`fail_after` is 0",
        "startup task `warm` was declared before",
        "check `database` has the name of the one at",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(error.problems().len(), 9, "{text}");
    assert_eq!(format!("{error:?}"), text, "`main` prints the same");
    for problem in error.problems() {
        assert!(
            problem.to_string().starts_with("tests/tests/start.rs:"),
            "{problem}"
        );
    }
}

/// Who gives the state then does not hear of the runtime only afterwards.
#[test]
fn a_check_that_lacks_its_state_lacks_a_runtime_as_well() {
    let error = Health::builder()
        .only(checks![database])
        .start()
        .unwrap_err();
    let text = error.to_string();
    for part in [
        "check `database` takes `pool`, and no `start::Pool` was given",
        "check `database` takes `index`, and no `start::Index` was given",
        "check `database`: it is async, and there is no Tokio runtime here",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(error.problems().len(), 3, "{text}");
}

#[tokio::test]
async fn two_checks_of_one_name_are_both_shown() {
    let text = Health::builder()
        .state(Pool(true))
        .state(Index(true))
        .start()
        .unwrap_err()
        .to_string();
    assert_eq!(text.matches("tests/tests/start.rs:").count(), 2, "{text}");
    assert!(
        text.contains("`database` has the name of the one at"),
        "{text}"
    );
}

#[test]
fn an_async_check_wants_a_runtime_and_a_blocking_one_does_not() {
    let error = service().check(fine()).start().unwrap_err();
    assert!(error.to_string().contains("no Tokio runtime"), "{error}");
    service()
        .check(Check::critical_blocking("fine", || Anything::Ok(())))
        .start()
        .unwrap();
}

#[tokio::test]
async fn options_that_a_class_has_no_use_for_are_problems() {
    let startup =
        Check::startup("startup", || async { Anything::Ok(()) }).interval(Duration::from_secs(1));
    let liveness = Check::liveness("liveness", || Anything::Ok(()))
        .needed_by([health_core::Feature::new("search")]);
    let text = service()
        .check(startup)
        .check(liveness)
        .start()
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("`interval` has no use") && text.contains("`needed_by` has no use"),
        "{text}"
    );
}
