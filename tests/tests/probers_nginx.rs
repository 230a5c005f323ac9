//! What nginx makes of a service in every state: it asks no probe, and learns from the answers to real
//! requests.
#![cfg(unix)]

use tests::balancer::{Balancer, Fleet, Kind};
use tests::stage::{Act, Stage};
use tests::{Network, Proxy, eventually, wire};

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_gets_plain_requests_in_every_state() {
    Fleet::sends_to_the_first(Kind::Nginx, "/", |_| true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_gets_requests_of_a_feature_while_its_gate_is_open() {
    let open = |act: Act| act.serves() || act == Act::Draining;
    Fleet::sends_to_the_first(Kind::Nginx, "/orders", open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_none_is_ready_gates_answer_and_the_rest_is_served() {
    let Some(mut fleet) = Fleet::start(Kind::Nginx, [Act::Ready; 3], &[]).await else {
        return;
    };
    fleet.go(Act::NotReady).await;
    for _ in 0..20 {
        let request = "GET /orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answer = wire::exchange(fleet.balancer.address, request).to_lowercase();
        assert_eq!(
            wire::code(&answer.replace("http", "HTTP")),
            Some(503),
            "{answer}"
        );
        assert!(
            answer.contains("\r\nretry-after:"),
            "the service says so itself: {answer}"
        );
    }
    fleet.settles("the rest is served", "/", [true; 3]).await;
    fleet.go(Act::Ready).await;
    fleet
        .settles("the gates are open again", "/orders", [true; 3])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_stands_still_costs_time_and_no_request() {
    let mut stages = [Stage::start(), Stage::start(), Stage::start()];
    for stage in &mut stages {
        stage.go(Act::Ready).await;
    }
    let mut instances = stages.each_ref().map(|stage| stage.application);
    let network = Proxy::before(instances[0].port()).await.unwrap();
    instances[0].set_port(network.port());
    // The limit of its file, cut short.
    let others = [("proxy_read_timeout 10s", "proxy_read_timeout 200ms")];
    let Some(nginx) = Balancer::start(Kind::Nginx, instances, &others).await else {
        return;
    };
    let first = stages[0].application.port().to_string();
    eventually("the first gets requests", || nginx.get("/").1 == first).await;
    network.set(Network::BlackHole);
    for _ in 0..20 {
        let (code, body) = nginx.get("/");
        assert_eq!(code, 200, "{body}");
        assert_ne!(body, first, "it stands still");
    }
    network.set(Network::Works);
    eventually("the first gets requests again", || {
        nginx.get("/").1 == first
    })
    .await;
}
