//! Every body in every state is what its schema says.

use std::time::Duration;

use health_core::{
    Builder, Check, Details, Feature, Health, Outcome, Report, ServiceReason, Verdicts,
};
use health_http::{Access, Endpoints, Exposure, Request, body};
use http::header::ACCEPT;
use http::{HeaderMap, Method};
use jsonschema::Validator;
use serde_json::{Value, json};
use tests::{eventually, service};
use tokio::runtime;
use tokio::time::sleep;

const SEARCH: Feature = Feature::new("search");

fn schema(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

macro_rules! schema {
    ($name:literal) => {
        schema(include_str!(concat!(
            "../../health-http/schemas/",
            $name,
            ".json"
        )))
    };
}

/// The types that clients read the bodies into hold what the core answered.
fn read_back(health: &Health, state: &str) {
    let endpoints = Endpoints::all(health, Access::open());
    let headers = HeaderMap::new();
    let body = |path| {
        endpoints
            .respond_to(&Request::new(&Method::GET, path, &headers))
            .unwrap()
            .into_body()
    };
    let named = |verdicts: &Verdicts| {
        verdicts
            .iter()
            .map(|(name, verdict)| (name.to_owned(), verdict))
            .collect()
    };

    let (ready, expected): (body::Readiness, _) = (
        serde_json::from_slice(&body("/health/ready/search")).unwrap(),
        health.readiness_of(SEARCH),
    );
    assert_eq!(
        (ready.status, ready.reason),
        (expected.status, expected.reason),
        "{state}"
    );
    assert_eq!(ready.feature.as_deref(), Some("search"), "{state}");
    assert_eq!(
        (ready.critical, ready.degraded),
        (named(&expected.critical), named(&expected.degraded)),
        "{state}"
    );

    let (live, expected): (body::Liveness, _) = (
        serde_json::from_slice(&body("/health/live")).unwrap(),
        health.liveness(),
    );
    assert_eq!(
        (live.status, live.reason),
        (expected.status, expected.reason),
        "{state}"
    );

    let (startup, expected): (body::Startup, _) = (
        serde_json::from_slice(&body("/health/startup")).unwrap(),
        health.startup(),
    );
    assert_eq!(startup.status, expected.status, "{state}");

    let deep = body("/health/deep");
    let report: Report = serde_json::from_slice(&deep).unwrap();
    let again = serde_json::to_string(&report).unwrap() + "\n";
    assert_eq!(again.as_bytes(), deep, "{state}");
}

/// Asks everything in every shape and at every exposure.
fn validate_all(health: &Health, state: &str) {
    read_back(health, state);
    let exposures = [Exposure::Full, Exposure::Failing, Exposure::StatusOnly];
    for (path, own) in [
        ("/health/live", schema!("liveness")),
        ("/health/ready", schema!("readiness")),
        ("/health/ready/search", schema!("readiness")),
        ("/health/startup", schema!("startup")),
        ("/health/deep", schema!("deep")),
    ] {
        for (media_type, schema) in [
            ("application/json", &own),
            ("application/health+json", &schema!("health")),
        ] {
            for exposure in exposures {
                let endpoints = Endpoints::all(health, Access::open()).exposure(exposure);
                let headers = HeaderMap::from_iter([(ACCEPT, media_type.parse().unwrap())]);
                let response = endpoints
                    .respond_to(&Request::new(&Method::GET, path, &headers))
                    .unwrap();
                assert_eq!(response.headers()["content-type"], media_type);
                let body: Value = serde_json::from_slice(response.body()).unwrap();
                let errors: Vec<_> = schema
                    .iter_errors(&body)
                    .map(|error| error.to_string())
                    .collect();
                assert!(
                    errors.is_empty(),
                    "{state}: {path} as {media_type} at {exposure:?}: {errors:?} in {body:#}"
                );
            }
        }
    }
}

fn busy() -> Builder {
    let details =
        || async { Ok::<_, &str>(Details(json!({"rows": [1, 2], "nested": {"deep": null}}))) };
    service().extend([
        Check::critical("database", details)
            .needed_by([SEARCH])
            .description("Orders are stored here."),
        Check::degraded("fails", || async { Err::<(), _>("no") }),
        Check::degraded("says", || async { Outcome::degraded("slow") }),
        Check::degraded("late", std::future::pending::<Result<(), &str>>),
    ])
}

#[tokio::test(start_paused = true)]
async fn a_service_on_its_way() {
    let mut builder = busy()
        .version("1.2.3")
        .check(Check::startup("warm", || async { Err::<(), _>("cold") }));
    let (running, failing) = (
        builder.startup_task("catalog"),
        builder.startup_task("index"),
    );
    running.progress(0.4);
    let health = builder.start_paused().unwrap();
    validate_all(&health, "before any run");
    sleep(Duration::from_secs(20)).await;
    failing.fail("no room");
    sleep(Duration::from_secs(1)).await;
    validate_all(&health, "starting");
    drop(running);
    sleep(Duration::from_secs(1)).await;
    validate_all(&health, "never to start");
}

#[tokio::test(start_paused = true)]
async fn a_service_at_work_and_at_its_end() {
    let health = busy().start_paused().unwrap();
    sleep(Duration::from_secs(20)).await;
    validate_all(&health, "degraded");
    health.drain();
    sleep(Duration::from_secs(1)).await;
    validate_all(&health, "draining");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_needs_a_restart() {
    let stands = Check::liveness("stands", || Err::<(), _>("still"));
    let health = busy().check(stands).start_paused().unwrap();
    let heartbeat = health.heartbeat("mailer", Duration::from_secs(1)).unwrap();
    heartbeat.beat();
    for _ in 0..200 {
        sleep(Duration::from_millis(500)).await;
    }
    validate_all(&health, "not alive");
    health.declare_broken("beyond repair");
    sleep(Duration::from_secs(1)).await;
    validate_all(&health, "broken");
}

#[tokio::test(start_paused = true)]
async fn a_service_of_many_checks() {
    let many =
        (0..300).map(|n| Check::critical(format!("{n:a>60}"), || async { Ok::<_, &str>(()) }));
    let health = busy().extend(many).start_paused().unwrap();
    sleep(Duration::from_secs(20)).await;
    validate_all(&health, "many");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_held() {
    let held = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let health = {
        let passes = Check::critical_blocking("passes", || Ok::<_, &str>(()));
        let builder = service().check(passes.needed_by([SEARCH]));
        let _on = held.enter();
        builder
            .stall_limit(Duration::from_millis(100))
            .start()
            .unwrap()
    };
    eventually("stalled", || {
        health.liveness().reason == Some(ServiceReason::Stalled)
    })
    .await;
    validate_all(&health, "stalled");
    held.shutdown_background();
}

#[tokio::test(start_paused = true)]
async fn errors_have_a_schema_too() {
    let health = busy()
        .check(Check::critical("down", || async { Err::<(), _>("no") }))
        .start_paused()
        .unwrap();
    sleep(Duration::from_secs(20)).await;
    let endpoints = Endpoints::all(&health, Access::token("0123456789abcdef").unwrap());
    let headers = HeaderMap::new();
    let ask = |method, path| {
        endpoints
            .respond_to(&Request::new(&method, path, &headers))
            .unwrap()
    };
    for response in [
        ask(Method::GET, "/health/deep"),
        ask(Method::GET, "/health/ready/nothing"),
        ask(Method::POST, "/health/ready"),
        health_http::gate(&health, &SEARCH, &Method::GET).unwrap(),
    ] {
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert!(schema!("error").is_valid(&body), "{body}");
    }
}

#[test]
fn the_schemas_refuse_what_must_not_be_public() {
    for (schema, body) in [
        (
            schema!("readiness"),
            json!({"status": "ready", "critical": {}, "degraded": {}, "version": "1"}),
        ),
        (
            schema!("readiness"),
            json!({"status": "ready", "reason": "draining", "critical": {}, "degraded": {}}),
        ),
        (
            schema!("readiness"),
            json!({"status": "ready", "critical": {"a": {"status": "unhealthy"}}, "degraded": {}}),
        ),
        (
            schema!("readiness"),
            json!({"status": "ready", "critical": {"a": {"status": "healthy", "error": "x"}}, "degraded": {}}),
        ),
        (
            schema!("liveness"),
            json!({"status": "alive", "checks": {}, "heartbeats": {}}),
        ),
        (
            schema!("startup"),
            json!({"status": "started", "checks": {}, "tasks": {}}),
        ),
        (schema!("health"), json!({"status": "pass", "output": "x"})),
        (schema!("error"), json!({"error": "postgres://"})),
    ] {
        assert!(!schema.is_valid(&body), "{body}");
    }
}
