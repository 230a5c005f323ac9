//! What stands around an answer: the adapters, in one process and without a socket.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use health_core::{Check, Health};
use health_http::Endpoints;
use http::{Request, Response};
use http_body_util::{Empty, Full};
use tokio::runtime::Runtime;
use tower::{Layer, Service, service_fn};
use warp::Filter;

use crate::checks::{ready, runtime};
use crate::rows::Row;

const ASKED: u32 = 50_000;

/// A probe, and a request of the application's, through each adapter.
pub(crate) fn adapters() -> Vec<Row> {
    let runtime = runtime();
    let health = runtime.block_on(async {
        let check = Check::critical("database", || async { Ok::<_, &str>(()) });
        let health = Health::builder().check(check).start();
        let health = health.expect("nothing is wrong with it");
        ready(&health).await;
        health
    });
    let mut rows = through_tower(&runtime, &health);
    rows.extend(through_warp(&runtime, &health));
    rows
}

fn through_tower(runtime: &Runtime, health: &Health) -> Vec<Row> {
    let endpoints = Endpoints::probes(health);
    let application = service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("none yet")))
    });
    let layered = health_tower::endpoints(endpoints.clone()).layer(application);
    let alone = || {
        let request = request("/health/ready");
        black_box(endpoints.respond(&request, None));
    };
    let mut service = layered.clone();
    let probe = || {
        let response = service.call(request("/health/ready"));
        black_box(runtime.block_on(response)).expect("it cannot fail");
    };
    let mut service = application;
    let application = || {
        let response = service.call(request("/orders"));
        black_box(runtime.block_on(response)).expect("it cannot fail");
    };
    let mut service = layered;
    let behind = || {
        let response = service.call(request("/orders"));
        black_box(runtime.block_on(response)).expect("it cannot fail");
    };
    // `block_on` costs more than an answer, and both sides of a ratio must have it.
    let nothing = || runtime.block_on(async { alone() });
    vec![
        row(
            "a readiness probe through the tower layer",
            "the answer alone",
            probe,
            nothing,
            Some(2.0),
        ),
        row(
            "an application's request behind the tower layer",
            "alone",
            behind,
            application,
            None,
        ),
    ]
}

fn through_warp(runtime: &Runtime, health: &Health) -> Vec<Row> {
    let body = ready_body(health);
    let bare = warp::path!("health" / "ready").map(move || {
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .header("cache-control", "no-store")
            .header("x-content-type-options", "nosniff")
            .header("vary", "accept")
            .header("x-health-status", "ready");
        response.body(body.clone()).expect("it is a response")
    });
    let orders = warp::path!("orders").map(|| "none yet");
    let behind = health_warp::probes(health).or(orders);
    vec![
        row(
            "a readiness probe through warp's filters",
            "a bare route of the same bytes",
            asks(runtime, behind.clone(), "/health/ready"),
            asks(runtime, bare, "/health/ready"),
            None,
        ),
        row(
            "an application's request behind warp's filters",
            "alone",
            asks(runtime, behind, "/orders"),
            asks(runtime, orders, "/orders"),
            None,
        ),
    ]
}

/// Asks a filter, as warp's server does.
fn asks<F>(runtime: &Runtime, filter: F, path: &'static str) -> impl FnMut()
where
    F: Filter<Extract: warp::Reply, Error: Into<warp::Rejection>> + Clone + Send + Sync + 'static,
{
    let mut service = warp::service(filter);
    move || {
        let request = request(path).map(|()| Empty::<Bytes>::new());
        let response = runtime.block_on(service.call(request));
        assert_eq!(response.expect("it cannot fail").status(), 200);
    }
}

fn ready_body(health: &Health) -> Bytes {
    let response = Endpoints::probes(health).respond(&request("/health/ready"), None);
    response.expect("it is ours").into_body()
}

fn request(path: &'static str) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = http::Uri::from_static(path);
    request
}

/// Measures both in turns, so that a change of the machine's mood meets both.
fn row(
    what: &str,
    other: &str,
    mut ours: impl FnMut(),
    mut theirs: impl FnMut(),
    bound: Option<f64>,
) -> Row {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        with.push(each(&mut ours));
        without.push(each(&mut theirs));
    }
    with.sort();
    without.sort();
    let (with, without) = (with[2], without[2]);
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    Row {
        what: what.to_owned(),
        ours: format!("{with:.0?}"),
        beside: format!("{without:.0?} {other}; {ratio:.2} times"),
        bound: bound.map_or("", |_| "at most twice"),
        holds: bound.map(|bound| ratio <= bound),
    }
}

fn each(run: &mut impl FnMut()) -> Duration {
    let began = Instant::now();
    for _ in 0..ASKED {
        run();
    }
    began.elapsed() / ASKED
}
