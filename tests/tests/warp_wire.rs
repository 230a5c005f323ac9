//! The same over a real socket, because the wire is what probers see.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use health_core::{Check, Feature, Health};
use health_warp::Access;
use tests::{Gauge, eventually, service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use warp::Filter;

const SEARCH: Feature = Feature::new("search");

/// Serves a service that is ready, with an application behind the probes that answers everything.
async fn serve(health: &Health, access: Access) -> SocketAddr {
    let application = warp::any().map(|| "the application");
    let routes = health_warp::routes(health, access).or(application);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(warp::serve(routes).incoming(listener).run());
    address
}

async fn ready() -> Health {
    let database = Check::critical("database", || async { Ok::<_, &str>(()) }).needed_by([SEARCH]);
    let health = service().check(database).start().unwrap();
    eventually("ready", || health.readiness().reason.is_none()).await;
    health
}

/// Sends a whole request, and reads until the other side closes.
async fn exchange(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    talk(address, request.as_ref(), false).await
}

/// Sends bytes, then perhaps says that there are no more, and reads until the other side closes.
async fn talk(address: SocketAddr, request: &[u8], fin: bool) -> String {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may have closed already, which is one of the right things to do.
        let _ = stream.write_all(request).await;
        if fin {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    timeout(Duration::from_secs(10), exchange)
        .await
        .expect("an answer or a close, never a hang")
}

fn code(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no code: {answer:?}"))
}

fn head_and_body(answer: &str) -> (&str, &str) {
    answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no end of the headers: {answer:?}"))
}

#[tokio::test]
async fn a_load_balancer_that_asks_with_options_and_nothing_else_is_answered() {
    let address = serve(&ready().await, Access::loopback()).await;
    let answer = exchange(address, "OPTIONS /health/ready HTTP/1.0\r\n\r\n").await;
    assert_eq!(code(&answer), 200);
    let (head, body) = head_and_body(&answer);
    assert!(body.starts_with(r#"{"status":"ready""#), "{answer}");
    assert!(head.contains("x-health-status: ready"), "{answer}");
    assert!(!head.contains("access-control"), "{answer}");
}

#[tokio::test]
async fn head_has_the_length_of_the_body_that_it_does_not_send() {
    let address = serve(&ready().await, Access::loopback()).await;
    let ask = async |method: &str| {
        exchange(
            address,
            format!("{method} /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
        )
        .await
    };
    let (get, head) = (ask("GET").await, ask("HEAD").await);
    let (get, body) = head_and_body(&get);
    let (head, nothing) = head_and_body(&head);
    let without_date = |head: &str| {
        head.lines()
            .filter(|line| !line.starts_with("date:"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(without_date(get), without_date(head));
    assert!(
        get.contains(&format!("content-length: {}", body.len())),
        "{get}"
    );
    assert_eq!(nothing, "");
}

#[tokio::test]
async fn the_private_answer_is_for_who_asks_from_here_by_a_local_name() {
    let address = serve(&ready().await, Access::loopback()).await;
    for (headers, expected) in [
        ("host: localhost\r\n", 200),
        ("host: 127.0.0.1:8080\r\n", 200),
        ("host: orders.example.com\r\n", 404),
        ("host: localhost\r\nx-forwarded-for: 127.0.0.1\r\n", 404),
        ("host: localhost\r\nhost: example.com\r\n", 404),
        ("", 404),
    ] {
        let answer = exchange(
            address,
            format!("GET /health/deep HTTP/1.1\r\n{headers}connection: close\r\n\r\n"),
        )
        .await;
        assert_eq!(code(&answer), expected, "{headers:?}");
        assert_eq!(answer.contains("database"), expected == 200, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_at_once_run_nothing_and_wait_for_nothing() {
    let (gauge, (release, hold)) = (Gauge::default(), mpsc::channel::<()>());
    let hold = std::sync::Mutex::new(hold);
    let hangs = {
        let gauge = gauge.clone();
        move || {
            let _inside = gauge.enter();
            let _ = hold.lock().unwrap().recv();
            Ok::<_, &str>(())
        }
    };
    let short = Duration::from_millis(100);
    let health = service()
        .check(Check::degraded_blocking("hangs", hangs).timeout(short))
        .start()
        .unwrap();
    eventually("the deadline", || health.readiness().reason.is_none()).await;
    let address = serve(&health, Access::loopback()).await;
    let began = Instant::now();
    let request = "GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let askers: Vec<_> = (0..500)
        .map(|_| tokio::spawn(exchange(address, request)))
        .collect();
    for asker in askers {
        assert_eq!(code(&asker.await.unwrap()), 200);
    }
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(gauge.ever(), 1);
    drop(release);
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    let address = serve(&ready().await, Access::loopback()).await;
    let live = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
    let post = "POST /health/ready HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc";
    let last = "GET /orders HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let answer = exchange(address, format!("{live}{post}{last}")).await;
    let lines: Vec<_> = answer
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(lines, ["200", "405", "200"], "{answer}");
}

/// What a request may be answered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// By us, with this code.
    Ours(u16),
    /// By the application behind us.
    Application,
    /// With an error of the client's, or by closing.
    Refused,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_requests_are_answered_or_closed_and_never_hang() {
    let address = serve(&ready().await, Access::loopback()).await;
    let corpus = corpus();
    assert!(corpus.len() >= 200, "{}", corpus.len());
    for (request, expected) in &corpus {
        let whole = String::from_utf8_lossy(request).contains("connection: close");
        let answer = talk(address, request, !whole).await;
        let shown = String::from_utf8_lossy(&request[..request.len().min(200)]);
        let ours = answer.contains("x-content-type-options: nosniff");
        let actual = match answer.is_empty() {
            true => Expected::Refused,
            // The frames with which HTTP/2 begins and ends.
            false if !answer.starts_with("HTTP/1.") => Expected::Refused,
            false if ours => Expected::Ours(code(&answer)),
            false if (400..500).contains(&code(&answer)) => Expected::Refused,
            false => Expected::Application,
        };
        assert_eq!(actual, *expected, "{shown:?} was answered {answer:?}");
    }
    let live = exchange(address, "GET /health/live HTTP/1.0\r\n\r\n").await;
    assert_eq!(head_and_body(&live).1, "{\"status\":\"alive\"}\n");
}

fn corpus() -> Vec<(Vec<u8>, Expected)> {
    let mut corpus = methods_and_paths();
    corpus.extend(targets());
    corpus.extend(headers_and_bodies());
    corpus.extend(broken());
    corpus
}

fn methods_and_paths() -> Vec<(Vec<u8>, Expected)> {
    let paths = [
        ("/health/live", 200),
        ("/health/ready/", 200),
        ("/health/ready?a=b&%00", 200),
        ("/health/ready/search", 200),
        ("/health/startup?", 200),
        ("/health/ready/nothing", 404),
        ("/health/ready/%2e%2e", 404),
        ("/health/deep", 404),
    ];
    let mut requests = Vec::new();
    for method in [
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "get", "A-METHOD",
    ] {
        for version in ["1.0", "1.1"] {
            for (path, code) in paths {
                let asks = ["GET", "HEAD", "OPTIONS"].contains(&method) || path == "/health/deep";
                let request =
                    format!("{method} {path} HTTP/{version}\r\nconnection: close\r\n\r\n");
                requests.push((
                    request.into_bytes(),
                    Expected::Ours(if asks { code } else { 405 }),
                ));
            }
        }
    }
    requests
}

fn targets() -> Vec<(Vec<u8>, Expected)> {
    use Expected::{Application, Ours, Refused};
    let long = format!("/health/ready/{}", "a".repeat(60_000));
    [
        ("OPTIONS *", Application),
        ("GET *", Application),
        ("CONNECT example.com:443", Application),
        ("CONNECT /health/ready", Ours(405)),
        ("GET example.com:443", Application),
        ("GET http://example.com/health/ready", Ours(200)),
        ("GET http://example.com", Application),
        ("GET https://user@example.com:1/health/live?x", Ours(200)),
        ("GET http://localhost/health/deep", Ours(200)),
        ("GET http://example.com/health/deep", Ours(404)),
        ("GET /", Application),
        ("GET //", Application),
        ("GET //health/ready", Application),
        ("GET /health//ready", Application),
        ("GET /health/ready//", Application),
        ("GET /health/./ready", Application),
        ("GET /health/ready/..", Ours(404)),
        ("GET /health/../health/ready", Application),
        ("GET /health/%72eady", Application),
        ("GET /health%2fready", Application),
        ("GET /%2e/health/ready", Application),
        ("GET /HEALTH/READY", Application),
        ("GET /health/ready;a=b", Application),
        ("GET /health/ready%00", Application),
        ("GET /health/ready%20", Application),
        ("GET /health/ready?//?#", Ours(200)),
        ("GET /health/ready#fragment", Ours(200)),
        ("GET /health/ready/\u{e9}", Ours(404)),
        ("GET /health/ready/a/b", Application),
        (&long, Refused),
        ("GET health/ready", Refused),
        ("GET ", Refused),
        ("GET \\health\\ready", Refused),
    ]
    .into_iter()
    .map(|(line, expected)| {
        (
            format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").into_bytes(),
            expected,
        )
    })
    .collect()
}

fn headers_and_bodies() -> Vec<(Vec<u8>, Expected)> {
    use Expected::{Ours, Refused};
    let huge = format!("x-huge: {}", "a".repeat(600_000));
    let many = "x-many: 1\r\n".repeat(300);
    let accept = format!("accept: {}", "text/plain;q=0.5,".repeat(1000));
    [
        ("accept: \u{7f}", Refused),
        ("accept: ,;q=;/,*", Ours(200)),
        ("accept: text/html;q=nan", Ours(200)),
        (accept.as_str(), Ours(200)),
        ("accept: \u{e9}", Ours(200)),
        ("authorization: Bearer \u{e9}", Ours(200)),
        ("host: two words", Ours(200)),
        ("host: ", Ours(200)),
        ("expect: 100-continue", Ours(200)),
        ("range: bytes=0-1", Ours(200)),
        ("if-none-match: *", Ours(200)),
        ("origin: https://example.com", Ours(200)),
        ("access-control-request-method: POST", Ours(200)),
        ("x-http-method-override: POST", Ours(200)),
        ("content-length: 5\r\n\r\nhello", Ours(200)),
        ("content-length: 5\r\n\r\nhel", Ours(200)),
        (
            "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0",
            Ours(200),
        ),
        ("transfer-encoding: chunked\r\n\r\nnot a chunk", Ours(200)),
        ("content-length: 1\r\ncontent-length: 2", Refused),
        ("content-length: -1", Refused),
        ("upgrade: websocket", Ours(200)),
        ("a header without a colon", Refused),
        (": without a name", Refused),
        (huge.as_str(), Refused),
        (many.as_str(), Refused),
    ]
    .into_iter()
    .map(|(header, expected)| {
        (
            format!("GET /health/ready HTTP/1.1\r\nconnection: close\r\n{header}\r\n\r\n")
                .into_bytes(),
            expected,
        )
    })
    .collect()
}

fn broken() -> Vec<(Vec<u8>, Expected)> {
    [
        &b""[..],
        b"G",
        b"\r\n\r\n",
        b"GET /health/ready",
        b"GET /health/ready HTTP/1.1\r\n",
        b"GET /health/ready HTTP/1.1\r\nhost: a\r\n",
        b"GET /health/ready\r\n\r\n",
        b"GET /health/ready HTTP/9.9\r\n\r\n",
        b"GET /health/ready FTP/1.1\r\n\r\n",
        b"GET  /health/ready  HTTP/1.1\r\n\r\n",
        b"GET /health/\0 HTTP/1.1\r\n\r\n",
        b"GET /health/ready HTTP/1.1\r\nx: \0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\xff\xfe\xfd\xfc\r\n\r\n",
    ]
    .into_iter()
    .map(|bytes| (bytes.to_vec(), Expected::Refused))
    .collect()
}
