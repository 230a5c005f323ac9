//! What is private stays behind every documented load balancer, also where the application serves it on the
//! very port that they forward to.
#![cfg(unix)]

use tests::balancer::{Fleet, Kind};
use tests::stage::Act;
use tests::stranger;

async fn nobody_sees_it_through(kind: Kind) {
    let Some(fleet) = Fleet::start(kind, [Act::Ready; 3], &[]).await else {
        return;
    };
    for stage in &fleet.stages {
        stranger::would_find_it_at(stage.application);
    }
    fleet.serves("/").await;
    stranger::finds_nothing_private(&fleet.balancer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_private_behind_haproxy() {
    nobody_sees_it_through(Kind::Haproxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_private_behind_nginx() {
    nobody_sees_it_through(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_private_behind_envoy() {
    nobody_sees_it_through(Kind::Envoy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_private_behind_traefik() {
    nobody_sees_it_through(Kind::Traefik).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_private_behind_caddy() {
    nobody_sees_it_through(Kind::Caddy).await;
}
