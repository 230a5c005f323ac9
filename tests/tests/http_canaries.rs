//! Nothing that a check says or does reaches a public answer, and no request breaks one.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use health_core::{Check, Details, Feature, Health, Outcome};
use health_http::{Access, Endpoints, Exposure, Paths, Request};
use http::header::{ACCEPT, AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use tests::service;
use tokio::time::sleep;

const SEARCH: Feature = Feature::new("search");

/// An error whose text and whose source's text are canaries.
#[derive(Debug)]
struct Canary(String, Option<Box<Canary>>);

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Canary {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as &dyn Error)
    }
}

/// A check that lets its canaries out on one of the channels.
fn check(n: usize, canary: &str) -> Check {
    let (name, text) = (format!("check_{n}"), canary.to_owned());
    let source = |text: &str| Some(Box::new(Canary(format!("source {text}"), None)));
    match n % 6 {
        0 => Check::critical(name, move || {
            std::future::ready(Err::<(), _>(Canary(text.clone(), source(&text))))
        }),
        1 => Check::degraded(name, move || {
            std::future::ready(Outcome::degraded(text.clone()))
        }),
        2 => Check::critical(name, move || {
            std::future::ready(Ok::<_, Canary>(Details([text.clone()])))
        }),
        3 => Check::critical(name, || std::future::ready(Ok::<_, Canary>(()))).description(text),
        4 => Check::startup(name, move || {
            std::future::ready(Err::<(), _>(Canary(text.clone(), None)))
        }),
        _ => Check::degraded(name, move || {
            let text = text.clone();
            async move {
                if text.is_empty() {
                    Ok(())
                } else {
                    Err(panics(&text))
                }
            }
        }),
    }
    .needed_by(if n % 6 == 4 { vec![] } else { vec![SEARCH] })
}

fn panics(text: &str) -> Canary {
    panic!("{text}")
}

#[tokio::test(start_paused = true)]
async fn none_of_a_thousand_canaries_is_public() {
    let canaries: Vec<_> = (0..1_000)
        .map(|n| format!("canary-{n:04}-{:016x}", fastrand::Rng::with_seed(n).u64(..)))
        .collect();
    let checks = canaries
        .chunks(4)
        .enumerate()
        .map(|(n, four)| check(n, &four.join(" ")));
    let mut builder = service().extend(checks).version("canary-version");
    builder.startup_task("catalog").fail("canary-task");
    let health = builder.start_paused().unwrap();
    sleep(Duration::from_secs(2)).await;
    health.declare_broken("canary-broken");
    sleep(Duration::from_secs(1)).await;
    let private = Endpoints::deep(&health, Access::open());
    let deep = private
        .respond_to(&Request::new(
            &Method::GET,
            "/health/deep",
            &HeaderMap::new(),
        ))
        .unwrap();
    let deep = String::from_utf8_lossy(deep.body()).into_owned();
    assert!(
        canaries
            .iter()
            .filter(|canary| deep.contains(*canary))
            .count()
            > 900,
        "they are let out at all"
    );
    for exposure in [Exposure::Full, Exposure::Failing, Exposure::StatusOnly] {
        for accept in [
            "application/json",
            "application/health+json",
            "text/plain",
            "text/html",
        ] {
            for path in [
                "/health/live",
                "/health/ready",
                "/health/ready/search",
                "/health/startup",
                "/health/deep",
            ] {
                let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
                let endpoints = Endpoints::all(&health, Access::loopback()).exposure(exposure);
                let response = endpoints
                    .respond_to(&Request::new(&Method::GET, path, &headers))
                    .unwrap();
                let text = format!(
                    "{:?} {}",
                    response.headers(),
                    String::from_utf8_lossy(response.body())
                );
                assert!(
                    !text.contains("canary"),
                    "{path} as {accept} at {exposure:?}"
                );
            }
        }
    }
    assert!(!format!("{:?}", health_http::gate(&health, &SEARCH, &Method::GET)).contains("canary"));
}

#[tokio::test(start_paused = true)]
async fn every_request_is_answered_by_the_contract_or_not_ours() {
    let database =
        Check::critical("database", || async { Ok::<_, Canary>(()) }).needed_by([SEARCH]);
    let health = service().check(database).start_paused().unwrap();
    sleep(Duration::from_secs(1)).await;
    let endpoints = all(&health);
    let mut rng = fastrand::Rng::with_seed(7);
    let mut answered = 0;
    for n in 0..50_000 {
        let (method, path, headers, query) = (
            method(&mut rng),
            path(&mut rng),
            headers(&mut rng),
            text(&mut rng),
        );
        let peer = rng
            .bool()
            .then(|| ([127, 0, 0, rng.u8(..)], rng.u16(..)).into());
        let request = Request::new(&method, &path, &headers)
            .with_query(Some(&query))
            .with_peer(peer);
        if let Some(response) = endpoints.respond_to(&request) {
            answered += 1;
            conforms(&method, &response)
                .unwrap_or_else(|why| panic!("{n}: {method} {path:?} {headers:?}: {why}"));
        }
    }
    assert!(answered > 10_000, "{answered}");
}

fn all(health: &Health) -> Endpoints {
    let access = Access::any_of([
        Access::loopback(),
        Access::token("0123456789abcdef").unwrap(),
    ]);
    Endpoints::all(health, access)
        .paths(Paths::default().aliases())
        .unwrap()
}

fn conforms(method: &Method, response: &Response<Bytes>) -> Result<(), String> {
    let codes = [
        StatusCode::OK,
        StatusCode::UNAUTHORIZED,
        StatusCode::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED,
    ];
    let length = response.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse::<usize>()
        .unwrap();
    if !codes.contains(&response.status()) {
        Err(format!("code {}", response.status()))
    } else if response.headers()["cache-control"] != "no-store" {
        Err("may be cached".to_owned())
    } else if method == Method::HEAD && !response.body().is_empty() {
        Err("a body for HEAD".to_owned())
    } else if method != Method::HEAD && response.body().len() != length {
        Err(format!(
            "{length} is not the length of {:?}",
            response.body()
        ))
    } else {
        Ok(())
    }
}

fn method(rng: &mut fastrand::Rng) -> Method {
    let methods = ["GET", "GET", "HEAD", "OPTIONS", "POST", "CONNECT", "X"];
    rng.choice(methods)
        .expect("there are some")
        .parse()
        .unwrap()
}

fn path(rng: &mut fastrand::Rng) -> String {
    let parts = [
        "/health", "/ready", "/live", "/deep", "/startup", "/search", "/readyz", "/livez", "/", "",
        "%2e", "é", "\0",
    ];
    let whole = [
        "/health/live",
        "/health/ready",
        "/health/deep",
        "/health/startup",
        "/readyz/search",
        "/livez",
    ];
    if rng.bool() {
        rng.choice(whole).expect("there are some").to_owned()
    } else {
        (0..rng.usize(..4))
            .map(|_| *rng.choice(&parts).expect("there are some"))
            .collect()
    }
}

fn headers(rng: &mut fastrand::Rng) -> HeaderMap {
    let forwarded = HeaderName::from_static("x-forwarded-for");
    let names = [
        ACCEPT,
        HOST,
        AUTHORIZATION,
        forwarded,
        HeaderName::from_static("sec-fetch-site"),
    ];
    let mut headers = HeaderMap::new();
    for _ in 0..rng.usize(..4) {
        let name = rng.choice(&names).expect("there are some").clone();
        if let Ok(value) = HeaderValue::from_bytes(text(rng).as_bytes()) {
            headers.append(name, value);
        }
    }
    headers
}

/// Pieces that mean something somewhere, in any order.
fn text(rng: &mut fastrand::Rng) -> String {
    let pieces = [
        "text/html",
        "text/plain",
        "*/*",
        "application/",
        "json",
        ";q=",
        "0.5",
        "1",
        ",",
        ";",
        "/",
        "=",
        " ",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[",
        "]",
        ":",
        "80",
        "@",
        ".",
        "Bearer ",
        "0123456789abcdef",
        "none",
        "verbose",
        "&",
        "é",
        "\u{1}",
    ];
    (0..rng.usize(..8))
        .map(|_| *rng.choice(&pieces).expect("there are some"))
        .collect()
}
