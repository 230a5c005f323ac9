//! What a request is answered, on a paused clock and without a socket.

use std::time::Duration;

use bytes::Bytes;
use health_core::Class::{self, Critical, Degraded, Startup};
use health_core::{Builder, Check, Details, Feature, Health, Outcome};
use health_http::{Access, Endpoints, Exposure, Request};
use http::{HeaderMap, Method, Response};
use tests::service;
use tokio::time::sleep;

const SEARCH: Feature = Feature::new("search");
const CANARY: &str = "postgres://orders:hunter2@db";

fn passes(name: impl Into<String>, class: Class) -> Check {
    of_class(name, class, Ok(()))
}

fn fails(name: impl Into<String>, class: Class) -> Check {
    of_class(name, class, Err(CANARY))
}

fn of_class(name: impl Into<String>, class: Class, says: Result<(), &'static str>) -> Check {
    let (name, says) = (name.into(), move || std::future::ready(says));
    match class {
        Class::Critical => Check::critical(name, says),
        Class::Degraded => Check::degraded(name, says),
        Class::Startup => Check::startup(name, says),
        Class::Liveness => Check::liveness(name, move || says().into_inner()),
    }
}

/// Starts a service and lets every check run, liveness checks as often as it takes.
async fn started(builder: Builder) -> Health {
    let health = builder.start_paused().unwrap();
    sleep(Duration::from_secs(10)).await;
    health
}

/// Begins to drain, and lets the monitor say so.
async fn drained(health: &Health) {
    health.drain();
    sleep(Duration::from_millis(1)).await;
}

fn ask(health: &Health, method: &Method, path: &str) -> Response<Bytes> {
    let endpoints = Endpoints::all(health, Access::open());
    endpoints
        .respond_to(&Request::new(method, path, &HeaderMap::new()))
        .expect("a path of ours")
}

fn get(health: &Health, path: &str) -> (u16, String) {
    said(&ask(health, &Method::GET, path))
}

fn said(response: &Response<Bytes>) -> (u16, String) {
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    // So that a terminal's prompt stands in a line of its own.
    let line = body.strip_suffix('\n').expect("a body ends its line");
    (response.status().as_u16(), line.to_owned())
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

fn as_format(health: &Health, path: &str, accept: &str) -> Response<Bytes> {
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, accept.parse().unwrap())]);
    let endpoints = Endpoints::all(health, Access::open());
    endpoints
        .respond_to(&Request::new(&Method::GET, path, &headers))
        .expect("a path of ours")
}

#[tokio::test(start_paused = true)]
async fn a_service_that_works_is_alive_started_and_ready() {
    let health = started(
        service()
            .check(passes("database", Critical))
            .check(passes("cache", Degraded)),
    )
    .await;
    let ready = r#"{"status":"ready","critical":{"database":{"status":"healthy"}},"degraded":{"cache":{"status":"healthy"}}}"#;
    assert_eq!(
        get(&health, "/health/live"),
        (200, r#"{"status":"alive"}"#.into())
    );
    assert_eq!(
        get(&health, "/health/startup"),
        (200, r#"{"status":"started"}"#.into())
    );
    assert_eq!(get(&health, "/health/ready"), (200, ready.into()));
}

#[tokio::test(start_paused = true)]
async fn before_its_first_run_ends_a_check_is_pending_and_the_service_starting() {
    let health = service()
        .check(passes("database", Critical))
        .check(fails("catalog", Startup))
        .start_paused()
        .unwrap();
    let starting = r#"{"status":"not_ready","reason":"starting","critical":{"database":{"status":"unknown","reason":"pending"}},"degraded":{}}"#;
    assert_eq!(get(&health, "/health/ready"), (503, starting.into()));
    let startup = r#"{"status":"starting","checks":{"catalog":{"status":"unknown","reason":"pending"}},"tasks":{}}"#;
    assert_eq!(get(&health, "/health/startup"), (503, startup.into()));
    assert_eq!(
        get(&health, "/health/live"),
        (200, r#"{"status":"alive"}"#.into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_dependency_takes_the_service_out_and_does_not_restart_it() {
    let health = started(
        service()
            .check(fails("database", Critical))
            .check(passes("a", Critical)),
    )
    .await;
    let not_ready = r#"{"status":"not_ready","critical":{"database":{"status":"unhealthy","reason":"failed"},"a":{"status":"healthy"}},"degraded":{}}"#;
    assert_eq!(get(&health, "/health/ready"), (503, not_ready.into()));
    assert_eq!(
        get(&health, "/health/live"),
        (200, r#"{"status":"alive"}"#.into())
    );
    assert_eq!(
        header(
            &ask(&health, &Method::GET, "/health/ready"),
            "x-health-status"
        ),
        Some("not_ready")
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_degraded_serves_and_says_so_in_headers() {
    let slow = Check::critical("database", || async { Outcome::degraded("slow") });
    for check in [slow, fails("database", Degraded)] {
        let health = started(service().check(check)).await;
        let response = ask(&health, &Method::GET, "/health/ready");
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "x-health-status"), Some("degraded"));
        assert_eq!(header(&response, "x-envoy-degraded"), Some("true"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_needs_a_restart_is_not_alive() {
    let moves = Check::liveness("consumer", || Err::<(), _>(CANARY));
    let health = service().check(moves).start_paused().unwrap();
    for _ in 0..200 {
        sleep(Duration::from_millis(500)).await;
    }
    let (code, body) = get(&health, "/health/live");
    let expected = r#"{"status":"not_alive","checks":{"consumer":{"status":"unhealthy","reason":"failed"}},"heartbeats":{}}"#;
    assert_eq!((code, body.as_str()), (503, expected));
    health.declare_broken(CANARY);
    sleep(Duration::from_secs(1)).await;
    let (code, body) = get(&health, "/health/live");
    assert_eq!(code, 503);
    assert!(
        body.starts_with(r#"{"status":"not_alive","reason":"broken","checks":"#),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn draining_fails_readiness_alone() {
    let health = started(service().check(passes("database", Critical))).await;
    drained(&health).await;
    let (code, body) = get(&health, "/health/ready");
    assert_eq!(code, 503);
    assert!(
        body.starts_with(r#"{"status":"not_ready","reason":"draining","#),
        "{body}"
    );
    assert_eq!(get(&health, "/health/live").0, 200);
    assert_eq!(get(&health, "/health/startup").0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_feature_closes_alone() {
    let index = || fails("index", Degraded).needed_by([SEARCH]);
    let health = started(service().check(passes("database", Critical)).check(index())).await;
    let search = r#"{"status":"not_ready","feature":"search","critical":{},"degraded":{"index":{"status":"unhealthy","reason":"failed"}}}"#;
    assert_eq!(get(&health, "/health/ready/search"), (503, search.into()));
    assert_eq!(get(&health, "/health/ready/search/").0, 503);
    assert_eq!(
        header(
            &ask(&health, &Method::GET, "/health/ready/search"),
            "x-health-status"
        ),
        Some("not_ready")
    );
    assert_eq!(get(&health, "/health/ready").0, 200);
}

#[tokio::test(start_paused = true)]
async fn every_unknown_feature_is_the_same_404() {
    let health = started(service().check(passes("database", Critical))).await;
    for path in [
        "/health/ready/search",
        "/health/ready/Search",
        "/health/ready/%73",
        "/health/ready/..",
    ] {
        let response = ask(&health, &Method::GET, path);
        assert_eq!(
            said(&response),
            (404, r#"{"error":"not_found"}"#.into()),
            "{path}"
        );
        assert_eq!(header(&response, "x-health-status"), None, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn head_and_options_are_get() {
    let health = started(service().check(fails("database", Critical).needed_by([SEARCH]))).await;
    for path in [
        "/health/live",
        "/health/ready",
        "/health/ready/search",
        "/health/startup",
        "/health/ready/nothing",
    ] {
        let get = ask(&health, &Method::GET, path);
        let head = ask(&health, &Method::HEAD, path);
        let options = ask(&health, &Method::OPTIONS, path);
        assert_eq!(
            (get.status(), get.headers()),
            (head.status(), head.headers()),
            "{path}"
        );
        assert_eq!(
            (get.status(), get.headers()),
            (options.status(), options.headers()),
            "{path}"
        );
        assert_eq!(get.body(), options.body(), "{path}");
        assert!(head.body().is_empty(), "{path}");
        assert_eq!(
            header(&head, "content-length"),
            Some(get.body().len().to_string().as_str()),
            "{path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn other_methods_are_refused_on_every_path_of_ours() {
    let health = started(service().check(passes("database", Critical).needed_by([SEARCH]))).await;
    for method in [
        "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get",
    ] {
        for path in [
            "/health/live",
            "/health/ready",
            "/health/ready/search",
            "/health/startup",
            "/health/deep",
        ] {
            let response = ask(&health, &method.parse().unwrap(), path);
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(
                header(&response, "allow"),
                Some("GET, HEAD, OPTIONS"),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_the_headers_that_keep_it_what_it_is() {
    let health = started(service().check(passes("database", Critical))).await;
    for (method, path) in [
        (Method::GET, "/health/live"),
        (Method::GET, "/health/ready"),
        (Method::GET, "/health/startup"),
        (Method::GET, "/health/deep"),
        (Method::GET, "/health/ready/nothing"),
        (Method::POST, "/health/ready"),
    ] {
        let response = ask(&health, &method, path);
        assert_eq!(
            header(&response, "content-type"),
            Some("application/json"),
            "{path}"
        );
        assert_eq!(
            header(&response, "cache-control"),
            Some("no-store"),
            "{path}"
        );
        assert_eq!(
            header(&response, "x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(header(&response, "vary"), Some("accept"), "{path}");
        assert_eq!(
            header(&response, "content-length"),
            Some(response.body().len().to_string().as_str()),
            "{path}"
        );
        assert_eq!(header(&response, "x-envoy-degraded"), None, "{path}");
        assert_eq!(
            header(&response, "access-control-allow-origin"),
            None,
            "{path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn past_ten_kibibytes_what_is_healthy_is_counted_and_left_out() {
    let healthy = (0..300).map(|n| passes(format!("{n:a>60}"), Critical));
    let health = started(service().extend(healthy).check(fails("search", Degraded))).await;
    let expected = r#"{"status":"degraded","critical":{},"degraded":{"search":{"status":"unhealthy","reason":"failed"}},"omitted":300}"#;
    assert_eq!(get(&health, "/health/ready"), (200, expected.into()));
    assert_eq!(
        said(&as_format(&health, "/health/ready", "text/plain")).1,
        "degraded\n[-]search failed: failed\n(300 healthy omitted)"
    );
    let health_json = r#"{"status":"warn","notes":["300 that pass are left out"],"checks":{"search":[{"componentType":"component","status":"fail","output":"failed"}]}}"#;
    assert_eq!(
        said(&as_format(
            &health,
            "/health/ready",
            "application/health+json"
        ))
        .1,
        health_json
    );
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_never_left_out() {
    let failing = (0..200).map(|n| fails(format!("{n:a>63}"), Critical));
    let health = started(service().extend(failing).check(passes("z", Critical))).await;
    let (code, body) = get(&health, "/health/ready");
    assert_eq!(code, 503);
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["critical"].as_object().unwrap().len(), 200);
    assert_eq!(body["omitted"], 1);
}

#[tokio::test(start_paused = true)]
async fn exposure_says_how_much_is_shown_and_never_what_is_answered() {
    let health = started(
        service()
            .check(passes("database", Critical))
            .check(fails("cache", Degraded)),
    )
    .await;
    let failing = r#"{"status":"degraded","critical":{},"degraded":{"cache":{"status":"unhealthy","reason":"failed"}}}"#;
    for (exposure, expected) in [
        (Exposure::Failing, failing),
        (Exposure::StatusOnly, r#"{"status":"degraded"}"#),
    ] {
        let endpoints = Endpoints::probes(&health).exposure(exposure);
        let response = endpoints
            .respond_to(&Request::new(
                &Method::GET,
                "/health/ready",
                &HeaderMap::new(),
            ))
            .unwrap();
        assert_eq!(said(&response), (200, expected.into()), "{exposure:?}");
        assert_eq!(
            header(&response, "x-health-status"),
            Some("degraded"),
            "{exposure:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_mounted_is_not_ours() {
    let health = started(service()).await;
    let headers = HeaderMap::new();
    let answers = |endpoints: &Endpoints, path| {
        endpoints
            .respond_to(&Request::new(&Method::GET, path, &headers))
            .is_some()
    };
    let (probes, deep) = (
        Endpoints::probes(&health),
        Endpoints::deep(&health, Access::open()),
    );
    for path in [
        "/health/live",
        "/health/ready",
        "/health/ready/search",
        "/health/startup",
    ] {
        assert!(answers(&probes, path), "{path}");
        assert!(!answers(&deep, path), "{path}");
    }
    assert!(!answers(&probes, "/health/deep"));
    assert!(answers(&deep, "/health/deep"));
    assert!(!answers(&probes, "/health"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_rendered_once_and_anew_when_it_changes() {
    let health = started(service().check(passes("database", Critical))).await;
    let endpoints = Endpoints::probes(&health);
    let headers = HeaderMap::new();
    let body = || {
        endpoints
            .respond_to(&Request::new(&Method::GET, "/health/ready", &headers))
            .unwrap()
            .into_body()
    };
    let first = body();
    assert_eq!(first.as_ptr(), body().as_ptr(), "the same bytes");
    drained(&health).await;
    assert_ne!(first, body());
}

#[tokio::test(start_paused = true)]
async fn plain_text_is_a_line_for_each_check_what_fails_first() {
    let checks = [passes("database", Critical), fails("cache", Degraded)];
    let slow = Check::degraded("slow", || async { Outcome::degraded(CANARY) });
    let health = started(service().extend(checks).check(slow)).await;
    let response = as_format(&health, "/health/ready", "text/plain");
    assert_eq!(
        header(&response, "content-type"),
        Some("text/plain; charset=utf-8")
    );
    let expected = "degraded\n[-]cache failed: failed\n[!]slow degraded: reported\n[+]database ok";
    assert_eq!(said(&response), (200, expected.into()));
    assert_eq!(header(&response, "x-health-status"), Some("degraded"));
    drained(&health).await;
    let (code, text) = said(&as_format(&health, "/health/ready", "text/plain"));
    assert_eq!(
        (code, text.lines().next()),
        (503, Some("not_ready: draining"))
    );
}

#[tokio::test(start_paused = true)]
async fn health_json_passes_warns_or_fails() {
    let health = started(
        service()
            .check(passes("database", Critical))
            .check(fails("cache", Degraded)),
    )
    .await;
    let response = as_format(&health, "/health/ready", "application/health+json");
    assert_eq!(
        header(&response, "content-type"),
        Some("application/health+json")
    );
    let expected = r#"{"status":"warn","checks":{"cache":[{"componentType":"component","status":"fail","output":"failed"}],"database":[{"componentType":"component","status":"pass"}]}}"#;
    assert_eq!(said(&response), (200, expected.into()));
    drained(&health).await;
    let (code, body) = said(&as_format(
        &health,
        "/health/ready",
        "application/health+json",
    ));
    assert_eq!(code, 503);
    assert!(
        body.starts_with(r#"{"status":"fail","output":"draining","#),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_public_answer_holds_what_a_check_says_and_the_private_one_does() {
    async fn panics() -> Result<(), &'static str> {
        panic!("{CANARY}")
    }
    let details = Check::critical("details", || async { Ok::<_, &str>(Details(CANARY)) });
    let says = Check::degraded("says", || async { Outcome::degraded(CANARY) });
    let checks = [
        fails("fails", Critical)
            .needed_by([SEARCH])
            .description(CANARY),
        details,
        says,
        Check::critical("panics", panics),
    ];
    let health = started(service().extend(checks).version(CANARY)).await;
    for path in [
        "/health/live",
        "/health/ready",
        "/health/ready/search",
        "/health/startup",
    ] {
        for accept in ["application/json", "application/health+json", "text/plain"] {
            let response = as_format(&health, path, accept);
            assert!(
                !format!("{response:?}").contains("hunter2"),
                "{path} as {accept}: {response:?}"
            );
        }
    }
    let deep: serde_json::Value = serde_json::from_str(&get(&health, "/health/deep").1).unwrap();
    assert!(
        deep["checks"]["fails"]["error"]
            .as_str()
            .is_some_and(|error| !error.is_empty())
    );
}
