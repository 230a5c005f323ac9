//! The filters as an application mounts them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use health_core::{Check, ErrorRate, Feature, Health};
use health_warp::{Access, Endpoints, Paths, Probe};
use tests::service;
use tokio::time::sleep;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

const SEARCH: Feature = Feature::new("search");

fn a_test_is_a_filter<F>(_: &F)
where
    F: Filter<Error = Rejection, Extract: Send> + Clone + Send + Sync + 'static,
{
}

/// What stands behind the probes in an application that answers everything.
fn catch_all() -> impl Filter<Extract = (Response,), Error = std::convert::Infallible> + Clone {
    warp::any().map(|| "the application".into_response())
}

async fn health() -> Health {
    let index = Arc::new(AtomicBool::new(true));
    health_with(&index).await
}

async fn health_with(index: &Arc<AtomicBool>) -> Health {
    let index = Arc::clone(index);
    let check = move || {
        let answers = index.load(Ordering::SeqCst);
        async move { if answers { Ok(()) } else { Err("away") } }
    };
    let database = Check::critical("database", || async { Ok::<_, &str>(()) });
    let index = Check::degraded("index", check).needed_by([SEARCH]);
    let health = service().extend([database, index]).start_paused().unwrap();
    sleep(Duration::from_millis(10)).await;
    health
}

#[tokio::test(start_paused = true)]
async fn every_method_on_every_path_of_ours_is_answered_by_us() {
    let routes = health_warp::routes(&health().await, Access::open()).or(catch_all());
    for method in [
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND",
    ] {
        let asks = ["GET", "HEAD", "OPTIONS"].contains(&method);
        for path in [
            "/health/live",
            "/health/ready",
            "/health/ready/",
            "/health/ready?verbose",
            "/health/ready/search",
            "/health/startup",
            "/health/deep",
        ] {
            let reply = warp::test::request()
                .method(method)
                .path(path)
                .reply(&routes)
                .await;
            assert_eq!(
                reply.status(),
                if asks { 200 } else { 405 },
                "{method} {path}"
            );
            assert_ne!(reply.body(), "the application", "{method} {path}");
        }
        let unknown = warp::test::request()
            .method(method)
            .path("/health/ready/nothing")
            .reply(&routes)
            .await;
        assert_eq!(unknown.status(), if asks { 404 } else { 405 }, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_paths_are_the_applications() {
    let routes = health_warp::routes(&health().await, Access::open()).or(catch_all());
    for path in [
        "/",
        "/orders",
        "/health",
        "/health/",
        "/health/nothing",
        // Readiness alone has something below it.
        "/health/live/a",
        "/health/deep/a",
        "/health/ready/a/b",
        "//health/ready",
        "/health/ready//",
    ] {
        let reply = warp::test::request().path(path).reply(&routes).await;
        assert_eq!(reply.body(), "the application", "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn deep_is_not_one_of_the_probes() {
    let health = health().await;
    let probes = health_warp::probes(&health).or(catch_all());
    let reply = warp::test::request()
        .path("/health/deep")
        .reply(&probes)
        .await;
    assert_eq!(reply.body(), "the application");
    let deep = health_warp::deep(&health, Access::open()).or(catch_all());
    let reply = warp::test::request()
        .path("/health/live")
        .reply(&deep)
        .await;
    assert_eq!(reply.body(), "the application");
}

#[tokio::test(start_paused = true)]
async fn loopback_is_the_peer_that_warp_knows() {
    let deep = health_warp::deep(&health().await, Access::loopback());
    for (peer, host, expected) in [
        (Some("127.0.0.1:5000"), "localhost", 200),
        (Some("10.0.0.1:5000"), "localhost", 404),
        (Some("127.0.0.1:5000"), "example.com", 404),
        (Some("127.0.0.1:5000"), "two words", 404),
        (None, "localhost", 404),
    ] {
        let request = warp::test::request()
            .path("/health/deep")
            .header("host", host);
        let request = match peer {
            Some(peer) => request.remote_addr(peer.parse().unwrap()),
            None => request,
        };
        assert_eq!(
            request.reply(&deep).await.status(),
            expected,
            "{peer:?} {host}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_line_that_names_another_host_is_not_local() {
    let deep = health_warp::deep(&health().await, Access::loopback());
    for (path, expected) in [
        ("http://localhost/health/deep", 200),
        ("http://example.com/health/deep", 404),
    ] {
        let request = warp::test::request()
            .path(path)
            .remote_addr("127.0.0.1:5000".parse().unwrap());
        assert_eq!(request.reply(&deep).await.status(), expected, "{path}");
        let request = warp::test::request()
            .path(path)
            .remote_addr("127.0.0.1:5000".parse().unwrap());
        let request = request.header("host", "localhost");
        assert_eq!(
            request.reply(&deep).await.status(),
            expected,
            "{path}, and the header names a local one"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn requests_without_a_path_are_the_applications() {
    let health = health().await;
    let chosen = Endpoints::all(&health, Access::open())
        .paths(Paths::default().aliases())
        .unwrap();
    let routes = health_warp::endpoints(chosen).or(catch_all());
    for (method, target) in [
        ("CONNECT", "example.com:443"),
        ("GET", "example.com:443"),
        ("OPTIONS", "*"),
    ] {
        let reply = warp::test::request()
            .method(method)
            .path(target)
            .reply(&routes)
            .await;
        assert_eq!(reply.body(), "the application", "{method} {target}");
    }
}

#[tokio::test(start_paused = true)]
async fn chosen_paths_and_aliases_are_served_and_the_default_ones_are_not() {
    let health = health().await;
    let paths = Paths::under("/internal/v1")
        .at(Probe::Liveness, "/")
        .at(Probe::Startup, "/up")
        .aliases();
    let routes =
        health_warp::endpoints(Endpoints::probes(&health).paths(paths).unwrap()).or(catch_all());
    for (path, expected) in [
        ("/", "{\"status\":\"alive\"}\n"),
        ("/livez", "{\"status\":\"alive\"}\n"),
        ("/internal/v1/liveness", "{\"status\":\"alive\"}\n"),
        ("/up", "{\"status\":\"started\"}\n"),
        ("/up/", "{\"status\":\"started\"}\n"),
        ("/startupz", "{\"status\":\"started\"}\n"),
        ("/internal/v1/startup", "the application"),
        ("/health/live", "the application"),
        ("/orders", "the application"),
    ] {
        let reply = warp::test::request().path(path).reply(&routes).await;
        assert_eq!(reply.body(), expected, "{path}");
    }
    for path in [
        "/readyz",
        "/readyz/search",
        "/internal/v1/ready",
        "/internal/v1/readiness",
        "/internal/v1/ready/search",
    ] {
        let reply = warp::test::request().path(path).reply(&routes).await;
        assert_eq!(reply.headers()["x-health-status"], "ready", "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn verbose_reaches_the_answer_through_the_filter() {
    let routes = health_warp::probes(&health().await);
    let reply = warp::test::request()
        .path("/health/ready?verbose")
        .reply(&routes)
        .await;
    assert_eq!(reply.body(), "ready\n[+]database ok\n[+]index ok\n");
}

#[tokio::test(start_paused = true)]
async fn a_gate_closes_the_routes_of_its_feature_and_no_others() {
    let index = Arc::new(AtomicBool::new(true));
    let health = health_with(&index).await;
    let search = warp::path("search").and(health_warp::gate(
        &health,
        SEARCH,
        warp::path!("books").map(|| "found"),
    ));
    let routes = search.or(warp::path("orders").map(|| "ordered"));
    let get = async |path| warp::test::request().path(path).reply(&routes).await;
    assert_eq!(get("/search/books").await.body(), "found");
    assert_eq!(get("/search/nothing").await.status(), 404);

    index.store(false, Ordering::SeqCst);
    sleep(Duration::from_secs(30)).await;
    let closed = get("/search/books").await;
    assert_eq!(
        (closed.status().as_u16(), &closed.headers()["retry-after"]),
        (503, &"5".parse().unwrap())
    );
    assert_eq!(get("/search/nothing").await.status(), 503);
    assert_eq!(get("/orders").await.body(), "ordered");

    index.store(true, Ordering::SeqCst);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(get("/search/books").await.body(), "found");
}

#[tokio::test(start_paused = true)]
async fn draining_serves_what_still_arrives() {
    let health = health().await;
    let search = health_warp::gate(&health, SEARCH, warp::path::end().map(|| "found"));
    health.drain();
    sleep(Duration::from_millis(10)).await;
    assert_eq!(
        health.readiness_of(SEARCH).status,
        health_core::ReadinessStatus::NotReady
    );
    assert_eq!(warp::test::request().reply(&search).await.body(), "found");
}

#[tokio::test(start_paused = true)]
async fn the_filters_outlive_the_handle_they_were_made_from() {
    let routes = {
        let health = health().await;
        health_warp::routes(&health, Access::open())
    };
    a_test_is_a_filter(&routes);
    assert_eq!(
        warp::test::request()
            .path("/health/live")
            .reply(&routes)
            .await
            .status(),
        200
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_application_answers_is_recorded_and_what_it_rejects_is_not() {
    let errors = ErrorRate::new(Duration::from_mins(1));
    let fails = warp::path("fails").map(|| http::Response::builder().status(502).body("no"));
    let routes = warp::path("orders")
        .map(|| "ordered".into_response())
        .or(fails.map(Reply::into_response))
        .unify();
    let routes = health_warp::record(&errors, routes).or(catch_all());
    for path in ["/orders", "/fails", "/fails", "/elsewhere"] {
        warp::test::request().path(path).reply(&routes).await;
    }
    assert_eq!((errors.rate().samples, errors.rate().failures), (3, 2));
}

/// Every reason that the whole service has but draining: this instance is to get no requests.
#[tokio::test(start_paused = true)]
async fn a_gate_is_closed_for_the_services_own_reasons_too() {
    let mut builder = service();
    let catalog = builder.startup_task("catalog");
    let starting = builder.start_paused().unwrap();
    let broken = health().await;
    broken.declare_broken("a poisoned lock");
    let not_alive = health().await;
    drop(
        not_alive
            .heartbeat("mailer", Duration::from_secs(1))
            .unwrap(),
    );
    sleep(Duration::from_secs(2)).await;
    for health in [&starting, &broken, &not_alive] {
        let reason = health.readiness().reason;
        let search = health_warp::gate(health, SEARCH, warp::any().map(|| "found"));
        let ask = async || warp::test::request().reply(&search).await.status();
        assert_eq!(ask().await, 503, "{reason:?}");
        health.drain();
        assert_eq!(ask().await, 200, "{reason:?}, and draining");
    }
    drop(catalog);
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_cannot_fail_can_be_gated_and_recorded() {
    let errors = ErrorRate::new(Duration::from_secs(60));
    let routes = health_warp::record(&errors, catch_all());
    let routes = health_warp::gate(&health().await, SEARCH, routes);
    let reply = warp::test::request().path("/any").reply(&routes).await;
    assert_eq!(reply.body(), "the application");
    assert_eq!(errors.rate().samples, 1);
}
