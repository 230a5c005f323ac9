//! How every adapter behaves: the rows are written once, and a new server adds one line in `servers.rs`.

mod client;
mod fixture;
mod servers;

use client::{Answer, Asked};
use fixture::Fixture;
use servers::{Others, SERVERS, Server};

const READY: &str = "{\"status\":\"ready\",\"critical\":{\"database\":{\"status\":\"healthy\"}},\"degraded\":{\"index\":{\"status\":\"healthy\"}}}\n";
const DEGRADED: &str = "{\"status\":\"degraded\",\"critical\":{\"database\":{\"status\":\"healthy\"}},\"degraded\":{\"index\":{\"status\":\"unhealthy\",\"reason\":\"failed\"}}}\n";
const NOT_READY: &str = "{\"status\":\"not_ready\",\"critical\":{\"database\":{\"status\":\"unhealthy\",\"reason\":\"failed\"}},\"degraded\":{\"index\":{\"status\":\"healthy\"}}}\n";
const SEARCH: &str = "{\"status\":\"ready\",\"feature\":\"search\",\"critical\":{},\"degraded\":{\"index\":{\"status\":\"healthy\"}}}\n";
const NOT_FOUND: &str = "{\"error\":\"not_found\"}\n";

/// Asks every server the same, over every version of HTTP that it speaks.
async fn each(rows: impl AsyncFn(&Fixture, &Server, Asked)) {
    for server in SERVERS {
        let fixture = Fixture::start(server).await;
        for version in server.versions {
            let asked = Asked {
                server: server.name,
                address: fixture.address,
                version: *version,
            };
            rows(&fixture, server, asked).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_probe_answers_get_head_and_options_alike() {
    each(async |_, _, asked| {
        for (path, body) in [
            ("/health/live", "{\"status\":\"alive\"}\n"),
            ("/health/live/", "{\"status\":\"alive\"}\n"),
            ("/health/startup", "{\"status\":\"started\"}\n"),
            ("/health/startup/?a=b", "{\"status\":\"started\"}\n"),
            ("/health/ready", READY),
            ("/health/ready/", READY),
            ("/health/ready?a=b", READY),
            ("/health/ready/search", SEARCH),
            ("/health/ready/search/", SEARCH),
        ] {
            let get = asked.get(path).await;
            assert_eq!((get.code, &*get.body), (200, body), "{asked} {path}");
            let length = body.len().to_string();
            let readiness = path.starts_with("/health/ready").then_some("ready");
            for (name, value) in [
                ("content-type", Some("application/json")),
                ("content-length", Some(&*length)),
                ("cache-control", Some("no-store")),
                ("x-content-type-options", Some("nosniff")),
                ("vary", Some("accept")),
                ("x-health-status", readiness),
                ("x-envoy-degraded", None),
                ("access-control-allow-origin", None),
                ("location", None),
            ] {
                assert_eq!(get.header(name), value, "{asked} {path} {name}");
            }
            let options = asked.ask("OPTIONS", path, &[]).await;
            assert_eq!(options, get, "{asked} OPTIONS {path}");
            let head = asked.ask("HEAD", path, &[]).await;
            let bodyless = Answer {
                body: String::new(),
                ..get
            };
            assert_eq!(head, bodyless, "{asked} HEAD {path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_method_is_refused_on_every_path_of_ours() {
    each(async |_, _, asked| {
        for path in [
            "/health/live",
            "/health/startup/",
            "/health/ready",
            "/health/ready/search",
        ] {
            for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
                let answer = asked.ask(method, path, &[]).await;
                assert_eq!(answer.code, 405, "{asked} {method} {path}");
                let allow = answer.header("allow");
                assert_eq!(allow, Some("GET, HEAD, OPTIONS"), "{asked} {method} {path}");
                assert_eq!(
                    answer.body, "{\"error\":\"method_not_allowed\"}\n",
                    "{asked} {path}"
                );
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ours_is_ours_and_nothing_else() {
    each(async |_, server, asked| {
        for path in [
            "/health/ready/nothing",
            "/health/ready/nothing/",
            "/health/ready/Search",
            "/health/ready/%73earch",
        ] {
            let answer = asked.get(path).await;
            assert_eq!(
                (answer.code, &*answer.body),
                (404, NOT_FOUND),
                "{asked} {path}"
            );
        }
        for path in [
            "/",
            "/orders",
            "/health",
            "/health/",
            "/health/nothing",
            "/health/live/a",
            "/health/startup/a",
            "/health/deep/a",
            "/health/ready/search/a",
            "/health/%72eady",
            "//health/ready",
            "/health//ready",
            "/Health/ready",
        ] {
            for method in ["GET", "POST"] {
                let answer = asked.ask(method, path, &[]).await;
                let found = (answer.code, &*answer.body);
                let status = answer.header("grpc-status");
                let expected = match server.others {
                    Others::Application => (200, "the application"),
                    Others::NotFound => (404, NOT_FOUND),
                    Others::Calls => (200, ""),
                };
                assert_eq!(found, expected, "{asked} {method} {path}");
                let is_call = server.others == Others::Calls;
                assert_eq!(status, is_call.then_some("12"), "{asked} {method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_chooses_the_shape() {
    each(async |_, _, asked| {
        for (path, accept, expected) in [
            ("/health/ready", "*/*", "application/json"),
            ("/health/ready", "text/html", "application/json"),
            ("/health/ready", "text/plain", "text/plain; charset=utf-8"),
            ("/health/ready?verbose", "*/*", "text/plain; charset=utf-8"),
            (
                "/health/ready",
                "application/health+json",
                "application/health+json",
            ),
            ("/health/deep", "text/html", "text/html; charset=utf-8"),
            (
                "/health/deep?verbose",
                "text/html",
                "text/plain; charset=utf-8",
            ),
        ] {
            let answer = asked.ask("GET", path, &[("accept", accept)]).await;
            assert_eq!(answer.code, 200, "{asked} {path} {accept}");
            let found = answer.header("content-type");
            assert_eq!(found, Some(expected), "{asked} {path} {accept}");
            let is_page = expected.starts_with("text/html");
            assert!(
                is_page || answer.body.ends_with('\n'),
                "{asked} {path} {accept}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_private_is_told_to_whom_access_lets_in_and_to_nobody_else() {
    each(async |_, _, asked| {
        let token = ("authorization", "Bearer 0123456789abcdef");
        for (headers, expected) in [
            (&[][..], 200),
            (&[("x-forwarded-for", "127.0.0.1")], 401),
            (&[("forwarded", "for=127.0.0.1")], 401),
            (&[("sec-fetch-site", "cross-site")], 401),
            (&[("x-forwarded-for", "127.0.0.1"), token], 200),
            (
                &[
                    ("via", "1.1 proxy"),
                    ("authorization", "Bearer 0123456789abcdeg"),
                ],
                401,
            ),
        ] {
            for path in ["/health/deep", "/health/deep/", "/health/deep?verbose"] {
                for method in ["GET", "HEAD", "POST"] {
                    let answer = asked.ask(method, path, headers).await;
                    let expected = if (expected, method) == (200, "POST") {
                        405
                    } else {
                        expected
                    };
                    assert_eq!(answer.code, expected, "{asked} {method} {path} {headers:?}");
                }
            }
        }
        let foreign = asked.by_host("shop.example").get("/health/deep").await;
        assert_eq!(foreign.code, 401, "{asked} {foreign:?}");
        let found = foreign
            .headers
            .iter()
            .filter(|(name, _)| name == "www-authenticate");
        assert_eq!(found.count(), 2, "{asked} {foreign:?}");
    })
    .await;
}

/// What a server's author forgets: then nobody is taken for a neighbour.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_address_is_not_known_is_not_let_in() {
    let fixture = Fixture::start(&servers::WITHOUT_PEERS).await;
    let asked = fixture.asked();
    assert_eq!(asked.get("/health/ready").await.code, 200);
    assert_eq!(asked.get("/health/deep").await.code, 401);
    let token = ("authorization", "Bearer 0123456789abcdef");
    assert_eq!(asked.ask("GET", "/health/deep", &[token]).await.code, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_goes_through_its_states() {
    each(async |fixture, server, asked| {
        fixture.index_fails(true).await;
        let degraded = asked.get("/health/ready").await;
        assert_eq!((degraded.code, &*degraded.body), (200, DEGRADED), "{asked}");
        assert_eq!(
            degraded.header("x-health-status"),
            Some("degraded"),
            "{asked}"
        );
        assert_eq!(degraded.header("x-envoy-degraded"), Some("true"), "{asked}");
        assert_eq!(asked.get("/health/ready/search").await.code, 503, "{asked}");
        if server.has_application() {
            let closed = asked.get("/search/books").await;
            assert_eq!(closed.code, 503, "{asked} {closed:?}");
            assert_eq!(closed.header("retry-after"), Some("5"), "{asked}");
            let body = "{\"error\":\"not_ready\",\"feature\":\"search\"}\n";
            assert_eq!(closed.body, body, "{asked}");
            let head = asked.ask("HEAD", "/search/books", &[]).await;
            let bodyless = Answer {
                body: String::new(),
                ..closed
            };
            assert_eq!(head, bodyless, "{asked} HEAD");
            assert_eq!(asked.get("/orders").await.code, 200, "{asked}");
        }
        fixture.index_fails(false).await;
        if server.has_application() {
            assert_eq!(
                asked.get("/search/books").await.body,
                "all of them",
                "{asked}"
            );
        }

        fixture.database_fails(true).await;
        let not_ready = asked.get("/health/ready").await;
        assert_eq!(
            (not_ready.code, &*not_ready.body),
            (503, NOT_READY),
            "{asked}"
        );
        assert_eq!(
            not_ready.header("x-health-status"),
            Some("not_ready"),
            "{asked}"
        );
        for path in ["/health/live", "/health/startup", "/health/deep"] {
            assert_eq!(asked.get(path).await.code, 200, "{asked} {path}");
        }
        fixture.database_fails(false).await;
        assert_eq!(asked.get("/health/ready").await.body, READY, "{asked}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_application_answers_is_recorded() {
    each(async |fixture, server, asked| {
        if !server.has_application() {
            return;
        }
        let before = fixture.errors.rate();
        for (path, code) in [
            ("/recorded/well", 200),
            ("/recorded/badly", 500),
            ("/recorded/not", 404),
        ] {
            assert_eq!(asked.get(path).await.code, code, "{asked} {path}");
        }
        let after = fixture.errors.rate();
        let counted = (
            after.samples - before.samples,
            after.failures - before.failures,
        );
        assert_eq!(counted, (3, 1), "{asked}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_draining_clients_are_served_and_asked_to_leave() {
    each(async |fixture, server, asked| {
        fixture.health.drain();
        let ready = asked.get("/health/ready").await;
        assert_eq!(ready.code, 503, "{asked}");
        let body = "{\"status\":\"not_ready\",\"reason\":\"draining\",";
        assert!(ready.body.starts_with(body), "{asked} {ready:?}");
        assert_eq!(asked.get("/health/live").await.code, 200, "{asked}");
        if server.has_application() {
            assert_eq!(
                asked.get("/search/books").await.body,
                "all of them",
                "{asked}"
            );
            let orders = asked.get("/orders").await;
            assert_eq!(orders.body, "the application", "{asked}");
            let connection = asked.is_http_1().then_some("close");
            assert_eq!(orders.header("connection"), connection, "{asked}");
        }
    })
    .await;
}

/// Whatever it is, there is an answer of HTTP's or the connection is closed, and the next request is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_requests_are_answered_or_closed() {
    let rows = odd_requests();
    each(async |_, _, asked| {
        if !asked.is_http_1() {
            return;
        }
        for (what, request) in &rows {
            if let Some(code) = asked.send(request.clone()).await {
                assert!((200..506).contains(&code), "{asked} {what}: {code}");
            }
            let next = asked.get("/health/ready").await;
            assert_eq!(next.code, 200, "{asked} after {what}");
        }
    })
    .await;
}

fn odd_requests() -> Vec<(&'static str, String)> {
    let ready = "GET /health/ready HTTP/1.1\r\nhost: localhost\r\n";
    let end = "connection: close\r\n\r\n";
    let many = "x: y\r\n".repeat(200);
    let long = "x".repeat(100_000);
    vec![
        (
            "connect",
            format!("CONNECT orders:443 HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        (
            "connect a path",
            format!("CONNECT /health/ready HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        (
            "asterisk",
            format!("OPTIONS * HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        (
            "absolute",
            format!("GET http://localhost/health/ready HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        (
            "absolute, foreign",
            format!("GET http://shop.example/health/deep HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        ("no host", format!("GET /health/ready HTTP/1.1\r\n{end}")),
        ("http/1.0", "GET /health/ready HTTP/1.0\r\n\r\n".to_owned()),
        (
            "options, http/1.0",
            "OPTIONS /health/ready HTTP/1.0\r\n\r\n".to_owned(),
        ),
        ("http/0.9", "GET /health/ready\r\n\r\n".to_owned()),
        ("http/1.2", "GET /health/ready HTTP/1.2\r\n\r\n".to_owned()),
        ("http/2.0", "GET /health/ready HTTP/2.0\r\n\r\n".to_owned()),
        (
            "lower case",
            format!("get /health/ready HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        ("two hosts", format!("{ready}host: shop.example\r\n{end}")),
        ("a body", format!("{ready}content-length: 5\r\n{end}hello")),
        (
            "a chunked body",
            format!("{ready}transfer-encoding: chunked\r\n{end}5\r\nhello\r\n0\r\n\r\n"),
        ),
        (
            "both lengths",
            format!("{ready}content-length: 5\r\ntransfer-encoding: chunked\r\n{end}0\r\n\r\n"),
        ),
        (
            "two lengths",
            format!("{ready}content-length: 5\r\ncontent-length: 6\r\n{end}hello"),
        ),
        (
            "a length that is none",
            format!("{ready}content-length: x\r\n{end}"),
        ),
        (
            "upgrade",
            format!("{ready}connection: upgrade\r\nupgrade: websocket\r\n{end}"),
        ),
        (
            "expectation",
            format!("{ready}expect: 100-continue\r\ncontent-length: 0\r\n{end}"),
        ),
        (
            "unknown expectation",
            format!("{ready}expect: tea\r\n{end}"),
        ),
        ("many headers", format!("{ready}{many}{end}")),
        ("a long header", format!("{ready}x: {long}\r\n{end}")),
        (
            "a long path",
            format!("GET /health/ready/{long} HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        ("a folded header", format!("{ready}x: y\r\n z\r\n{end}")),
        ("a header without a name", format!("{ready}: y\r\n{end}")),
        (
            "a header with a control",
            format!("{ready}x: \u{1}\r\n{end}"),
        ),
        (
            "no line ends",
            format!(
                "GET /health/ready HTTP/1.1\nhost: localhost\n{}",
                end.replace('\r', "")
            ),
        ),
        ("tabs", "GET\t/health/ready\tHTTP/1.1\r\n\r\n".to_owned()),
        (
            "a fragment",
            format!("GET /health/ready#a HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        (
            "dots",
            format!("GET /health/../health/ready HTTP/1.1\r\nhost: localhost\r\n{end}"),
        ),
        ("bytes", "\u{16}\u{3}\u{1}\u{0}\u{0}\r\n\r\n".to_owned()),
        ("nothing", String::new()),
        ("line ends", "\r\n\r\n\r\n".to_owned()),
    ]
}
