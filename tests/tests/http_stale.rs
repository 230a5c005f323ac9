//! What is answered over HTTP while the monitor is silent, on a paused clock that leaps.

use std::time::Duration;

use bytes::Bytes;
use health_core::{Check, Feature, Health, ReadinessStatus};
use health_http::{Access, Endpoints, Request};
use http::header::ACCEPT;
use http::{HeaderMap, Method, Response};
use serde_json::Value;
use tests::{leap, service};
use tokio::time::sleep;

const SEARCH: Feature = Feature::new("search");

/// A service whose monitor has said nothing for longer than liveness waits, and that was asked before.
async fn silent() -> (Health, Endpoints) {
    let passes = || async { Ok::<_, &str>(()) };
    let health = service()
        .service("orders")
        .check(Check::critical("database", passes).needed_by([SEARCH]))
        .check(Check::liveness("moves", || Ok::<_, &str>(())))
        .start_paused()
        .unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(health.readiness().status, ReadinessStatus::Ready);
    let endpoints = Endpoints::all(&health, Access::open());
    leap(Duration::from_secs(222));
    for path in ["/health/live", "/health/ready", "/health/deep"] {
        get(&endpoints, path, "*/*");
    }
    leap(Duration::from_secs(1));
    (health, endpoints)
}

fn get(endpoints: &Endpoints, path: &str, accept: &str) -> Response<Bytes> {
    let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
    endpoints
        .respond_to(&Request::new(&Method::GET, path, &headers))
        .unwrap()
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

macro_rules! schema {
    ($name:literal) => {
        include_str!(concat!("../../health-http/schemas/", $name, ".json"))
    };
}

#[tokio::test(start_paused = true)]
async fn every_answer_of_a_silent_monitor_says_that_it_is_stale() {
    let (_health, endpoints) = silent().await;
    for (path, schema) in [
        ("/health/live", schema!("liveness")),
        ("/health/ready", schema!("readiness")),
        ("/health/ready/search", schema!("readiness")),
        ("/health/deep", schema!("deep")),
    ] {
        let response = get(&endpoints, path, "application/json");
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        assert_eq!(body["reason"], "stale", "{path}: {body}");
        assert!(schema.is_valid(&body), "{path}: {body}");
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(get(&endpoints, "/health/ready", "*/*").status(), 200);
    assert_eq!(get(&endpoints, "/health/live", "*/*").status(), 200);
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_person_reads_of_it_shows_a_check_as_healthy() {
    let (_health, endpoints) = silent().await;
    let page = text(&get(&endpoints, "/health/deep", "text/html"));
    assert!(
        page.contains("<title>✕ not alive: stale · orders</title>"),
        "{page}"
    );
    assert!(
        page.contains("has not moved for 3\u{a0}min 43\u{a0}s"),
        "{page}"
    );
    assert_eq!(page.matches("<b>stale</b>").count(), 2, "{page}");
    assert!(!page.contains(">healthy<"), "{page}");
    let deep = text(&get(&endpoints, "/health/deep", "text/plain"));
    assert!(deep.starts_with("orders"), "{deep}");
    let first = deep.lines().next().unwrap();
    assert!(
        first.contains(" · not alive: stale · not ready ·"),
        "{deep}"
    );
    assert!(deep.contains("[?] database  critical  stale  "), "{deep}");
    assert!(deep.contains("[?] moves     liveness  stale  "), "{deep}");
    let ready = text(&get(&endpoints, "/health/ready", "text/plain"));
    assert_eq!(ready, "not_ready: stale\n[-]database failed: stale\n");
}
