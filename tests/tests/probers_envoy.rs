//! What Envoy makes of a service in every state.
#![cfg(unix)]

use std::process::Command;

use tests::balancer::{Fleet, Kind};
use tests::documented;
use tests::stage::Act;

#[test]
fn its_file_is_a_whole_bootstrap() {
    let Some(envoy) = Kind::Envoy.program() else {
        return;
    };
    let mut command = Command::new(envoy);
    command
        .args(["--mode", "validate", "-c"])
        .arg(documented("envoy.yaml"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("[warning]"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_degraded_is_the_second_choice_and_what_is_not_ready_is_none() {
    Fleet::sends_to_the_first(Kind::Envoy, "/", |act| act == Act::Ready).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_are_degraded_all_get_traffic() {
    if let Some(mut fleet) = Fleet::start(Kind::Envoy, [Act::Ready; 3], &[]).await {
        fleet.serves("/").await;
        fleet.settles("all are ready", "/", [true; 3]).await;
        fleet.go(Act::Degraded).await;
        fleet.settles("all are degraded", "/", [true; 3]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_more_than_half_are_not_ready_all_get_traffic() {
    let Some(mut fleet) = Fleet::start(Kind::Envoy, [Act::Ready; 3], &[]).await else {
        return;
    };
    fleet.stages[0].go(Act::NotReady).await;
    fleet
        .settles("one is not ready", "/", [false, true, true])
        .await;
    fleet.stages[1].go(Act::NotReady).await;
    fleet.settles("two are not ready", "/", [true; 3]).await;
    fleet.go(Act::NotReady).await;
    fleet.settles("none is ready", "/", [true; 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_panic_what_is_not_ready_never_gets_traffic() {
    let never = [("{ value: 50 }", "{ value: 0 }")];
    let Some(mut fleet) = Fleet::start(Kind::Envoy, [Act::Ready; 3], &never).await else {
        return;
    };
    fleet.serves("/").await;
    fleet.settles("all are ready", "/", [true; 3]).await;
    fleet.stages[0].go(Act::NotReady).await;
    fleet.stages[1].go(Act::NotReady).await;
    fleet
        .settles("one is ready", "/", [false, false, true])
        .await;
    fleet.go(Act::NotReady).await;
    fleet.answers_itself("none is ready", "/", 503).await;
    fleet.go(Act::Ready).await;
    fleet.serves("/").await;
    fleet.settles("they are ready again", "/", [true; 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_takes_no_instance_out() {
    Fleet::forgives_a_lost_answer(Kind::Envoy, &[]).await;
}
