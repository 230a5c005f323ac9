//! What readers say of a monitor that is held, here by the application's own log. Alone in its
//! process, so that no other test's events are what the log is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use health_core::{Check, Feature, ReadinessStatus, ServiceReason};
use health_http::{Access, Endpoints, Request};
use http::{HeaderMap, Method};
use serde_json::Value;
use tests::{eventually, service};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const SEARCH: Feature = Feature::new("search");

/// A log that takes an event only when it is let.
struct Log(Arc<AtomicBool>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        while self.0.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_is_held() {
    let often = Duration::from_millis(100);
    let fails = Arc::new(AtomicBool::new(false));
    let (seen, held) = (Arc::clone(&fails), Arc::new(AtomicBool::new(false)));
    let turns = Check::critical_blocking("turns", move || {
        if seen.load(Ordering::SeqCst) {
            Err("no")
        } else {
            Ok(())
        }
    })
    .needed_by([SEARCH]);
    let turns = turns.timeout(often).interval(often).retry(often);
    let builder = service().check(turns).stall_limit(often);
    let log = Log(Arc::clone(&held));
    let health = tracing::subscriber::with_default(log, || builder.start().unwrap());
    eventually("ready", || {
        health.readiness().status == ReadinessStatus::Ready
    })
    .await;
    held.store(true, Ordering::SeqCst);
    fails.store(true, Ordering::SeqCst);
    eventually("stale", || {
        let is = [health.readiness().reason, health.liveness().reason];
        is == [Some(ServiceReason::Stale); 2]
    })
    .await;
    let endpoints = Endpoints::all(&health, Access::open());
    for (path, schema) in [
        (
            "/health/live",
            include_str!("../../health-http/schemas/liveness.json"),
        ),
        (
            "/health/ready",
            include_str!("../../health-http/schemas/readiness.json"),
        ),
        (
            "/health/ready/search",
            include_str!("../../health-http/schemas/readiness.json"),
        ),
        (
            "/health/deep",
            include_str!("../../health-http/schemas/deep.json"),
        ),
    ] {
        let headers = HeaderMap::new();
        let response = endpoints.respond(&Request::new(&Method::GET, path, &headers));
        let body: Value = serde_json::from_slice(response.unwrap().body()).unwrap();
        let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        assert_eq!(body["reason"], "stale", "{path}: {body}");
        assert!(schema.is_valid(&body), "{path}: {body}");
    }
    held.store(false, Ordering::SeqCst);
    eventually("no longer", || health.readiness().reason.is_none()).await;
}
