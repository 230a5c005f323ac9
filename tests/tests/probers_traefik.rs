//! What Traefik makes of a service in every state.
#![cfg(unix)]

use tests::balancer::{Fleet, Kind};
use tests::stage::Act;

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_gets_traffic_exactly_while_it_is_ready() {
    Fleet::sends_to_the_first(Kind::Traefik, "/", Act::serves).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_none_is_ready_it_answers_itself() {
    let Some(mut fleet) = Fleet::start(Kind::Traefik, [Act::Ready; 3], &[]).await else {
        return;
    };
    fleet.serves("/").await;
    fleet.settles("all are ready", "/", [true; 3]).await;
    fleet.go(Act::NotReady).await;
    fleet.answers_itself("none is ready", "/", 503).await;
    fleet.go(Act::Ready).await;
    fleet.serves("/").await;
    fleet.settles("they are ready again", "/", [true; 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_told_to_send_to_all_when_none_is_ready() {
    let told = [("service: orders\n\n", "service: orders_or_anyone\n\n")];
    let Some(mut fleet) = Fleet::start(Kind::Traefik, [Act::Ready; 3], &told).await else {
        return;
    };
    fleet.serves("/").await;
    fleet.settles("all are ready", "/", [true; 3]).await;
    fleet.stages[0].go(Act::NotReady).await;
    fleet
        .settles("one is not ready", "/", [false, true, true])
        .await;
    fleet.go(Act::NotReady).await;
    fleet.settles("none is ready", "/", [true; 3]).await;
    fleet.stages[1].go(Act::Ready).await;
    fleet
        .settles("one is ready again", "/", [false, true, false])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_takes_an_instance_out_until_the_next() {
    Fleet::holds_lost_answers_against_an_instance(Kind::Traefik).await;
}
