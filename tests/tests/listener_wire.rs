//! Whatever comes over the wire, a listener of its own answers it as the contract says, or closes.

use std::io::Write;
use std::net::{Shutdown, SocketAddr};

use health_core::{Check, Feature, Health};
use health_http::{Access, Endpoints, Listener, Listening};
use tests::wire::{code, connect, exchange, get, rest};
use tests::{eventually, service};

const SEARCH: Feature = Feature::new("search");
const ALIVE: &str = "{\"status\":\"alive\"}\n";

async fn ready() -> Health {
    let database = Check::critical("database", || async { Ok::<_, &str>(()) }).needed_by([SEARCH]);
    let health = service().check(database).start().unwrap();
    eventually("ready", || health.readiness().reason.is_none()).await;
    health
}

fn listen(health: &Health) -> (Listening, SocketAddr) {
    let listener = Listener::new(Endpoints::all(health, Access::loopback()));
    let listening = listener.bind("127.0.0.1:0").start().unwrap();
    let address = listening.addresses()[0];
    (listening, address)
}

/// What a request may be answered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// By us, with this code.
    Ours(u16),
    /// With an error of the client's, or by closing.
    Refused,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_requests_are_answered_or_closed_and_leave_nothing_open() {
    let health = ready().await;
    let (_listening, address) = listen(&health);
    let corpus = corpus();
    assert!(corpus.len() >= 500, "{}", corpus.len());
    let files = open_files();
    for (request, expected) in &corpus {
        let mut stream = connect(address);
        // It may be closed already, which is one of the right things to do.
        let _ = stream.write_all(request);
        let _ = stream.shutdown(Shutdown::Write);
        let answer = rest(&mut stream);
        let shown = String::from_utf8_lossy(&request[..request.len().min(200)]);
        let ours = answer.contains("x-content-type-options: nosniff");
        let actual = match code(&answer) {
            Some(code) if ours => Expected::Ours(code),
            Some(code) => {
                assert!((400..500).contains(&code), "{shown:?}: {answer:?}");
                Expected::Refused
            }
            // Nothing, or the frames with which HTTP/2 begins and ends.
            None => Expected::Refused,
        };
        assert_eq!(actual, *expected, "{shown:?} was answered {answer:?}");
    }
    assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
    eventually("all are closed", || open_files() <= files).await;
}

/// How many files this process has open; always the same where that cannot be known.
fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn corpus() -> Vec<(Vec<u8>, Expected)> {
    let mut corpus = methods_and_paths();
    corpus.extend(targets());
    corpus.extend(headers_and_bodies());
    corpus.extend(broken());
    corpus.extend(cut());
    corpus.extend(frames());
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
        ("/orders", 404),
    ];
    let mut requests = Vec::new();
    for method in [
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PRI", "get",
        "A-METHOD",
    ] {
        for version in ["1.0", "1.1"] {
            for (path, code) in paths {
                let asks = ["GET", "HEAD", "OPTIONS"].contains(&method)
                    || ["/health/deep", "/orders"].contains(&path);
                let request = format!("{method} {path} HTTP/{version}\r\n\r\n");
                let code = if asks { code } else { 405 };
                requests.push((request.into_bytes(), Expected::Ours(code)));
            }
        }
    }
    requests
}

fn targets() -> Vec<(Vec<u8>, Expected)> {
    use Expected::{Ours, Refused};
    let long = format!("GET /health/ready/{}", "a".repeat(60_000));
    let near = format!("GET /health/ready/{}", "a".repeat(15_000));
    [
        ("OPTIONS *", Ours(404)),
        ("GET *", Ours(404)),
        ("CONNECT example.com:443", Ours(404)),
        ("CONNECT /health/ready", Ours(405)),
        ("GET example.com:443", Ours(404)),
        ("GET http://example.com/health/ready", Ours(200)),
        ("GET http://example.com", Ours(404)),
        ("GET https://user@example.com:1/health/live?x", Ours(200)),
        ("GET http://localhost/health/deep", Ours(200)),
        ("GET http://example.com/health/deep", Ours(404)),
        ("GET /", Ours(404)),
        ("GET //", Ours(404)),
        ("GET //health/ready", Ours(404)),
        ("GET /health//ready", Ours(404)),
        ("GET /health/ready//", Ours(404)),
        ("GET /health/./ready", Ours(404)),
        ("GET /health/ready/..", Ours(404)),
        ("GET /health/../health/ready", Ours(404)),
        ("GET /health/%72eady", Ours(404)),
        ("GET /health%2fready", Ours(404)),
        ("GET /HEALTH/READY", Ours(404)),
        ("GET /health/ready;a=b", Ours(404)),
        ("GET /health/ready%00", Ours(404)),
        ("GET /health/ready?//?#", Ours(200)),
        ("GET /health/ready#fragment", Ours(200)),
        ("GET /health/ready/\u{e9}", Ours(404)),
        ("GET /health/ready/a/b", Ours(404)),
        (&near, Ours(404)),
        (&long, Refused),
        ("GET health/ready", Refused),
        ("GET ", Refused),
        ("GET \\health\\ready", Refused),
    ]
    .into_iter()
    .map(|(line, expected)| {
        let request = format!("{line} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        (request.into_bytes(), expected)
    })
    .collect()
}

fn headers_and_bodies() -> Vec<(Vec<u8>, Expected)> {
    use Expected::{Ours, Refused};
    let huge = format!("x-huge: {}", "a".repeat(600_000));
    let many = "x-many: 1\r\n".repeat(300);
    let accept = format!("accept: {}", "text/plain;q=0.5,".repeat(900));
    let body = format!("content-length: 300000\r\n\r\n{}", "a".repeat(300_000));
    [
        ("accept: \u{7f}", Refused),
        ("accept: ,;q=;/,*", Ours(200)),
        ("accept: text/html;q=nan", Ours(200)),
        (&accept, Ours(200)),
        ("accept: \u{e9}", Ours(200)),
        ("authorization: Bearer \u{e9}", Ours(200)),
        ("host: two words", Ours(200)),
        ("host: ", Ours(200)),
        ("expect: 100-continue", Ours(200)),
        ("expect: 100-continue\r\ncontent-length: 5", Ours(200)),
        ("range: bytes=0-1", Ours(200)),
        ("if-none-match: *", Ours(200)),
        ("x-http-method-override: POST", Ours(200)),
        ("content-length: 5\r\n\r\nhello", Ours(200)),
        ("content-length: 5\r\n\r\nhel", Ours(200)),
        ("content-length: 0", Ours(200)),
        (&body, Ours(200)),
        (
            "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0",
            Ours(200),
        ),
        ("transfer-encoding: chunked\r\n\r\nnot a chunk", Ours(200)),
        ("transfer-encoding: chunked\r\ncontent-length: 3", Ours(200)),
        ("transfer-encoding: gzip", Refused),
        ("content-length: 1\r\ncontent-length: 2", Refused),
        ("content-length: -1", Refused),
        ("content-length: 99999999999999999999999", Refused),
        ("connection: upgrade\r\nupgrade: websocket", Ours(200)),
        (
            "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk",
            Ours(200),
        ),
        ("connection: keep-alive, close, ,", Ours(200)),
        ("a header without a colon", Refused),
        (": without a name", Refused),
        ("folded: a\r\n b", Refused),
        (&huge, Refused),
        (&many, Refused),
    ]
    .into_iter()
    .map(|(header, expected)| {
        let request = format!("GET /health/ready HTTP/1.1\r\n{header}\r\n\r\n");
        (request.into_bytes(), expected)
    })
    .collect()
}

fn broken() -> Vec<(Vec<u8>, Expected)> {
    [
        &b""[..],
        b"\r\n\r\n",
        b"\r\n\r\n\r\n\r\n\r\n",
        b"GET /health/ready\r\n\r\n",
        b"GET /health/ready HTTP/0.9\r\n\r\n",
        b"GET /health/ready HTTP/1.2\r\n\r\n",
        b"GET /health/ready HTTP/2.0\r\n\r\n",
        b"GET /health/ready HTTP/9.9\r\n\r\n",
        b"GET /health/ready FTP/1.1\r\n\r\n",
        b"GET  /health/ready  HTTP/1.1\r\n\r\n",
        b"GET /health/ready HTTP/1.1\r\rx: y\r\n\r\n",
        b"GET /health/\0 HTTP/1.1\r\n\r\n",
        b"GET /health/ready HTTP/1.1\r\nx: \0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xff\xfe\xfd\xfc\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET /health/live HTTP/1.1\r\n\r\n",
    ]
    .into_iter()
    .map(|bytes| (bytes.to_vec(), Expected::Refused))
    .collect()
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A request and a preface that end at every byte.
fn cut() -> Vec<(Vec<u8>, Expected)> {
    let request = b"\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut cut = vec![(request.to_vec(), Expected::Ours(200))];
    for whole in [&request[..], PREFACE] {
        let starts = (1..whole.len()).map(|end| (whole[..end].to_vec(), Expected::Refused));
        cut.extend(starts);
    }
    // What goes on otherwise is no request either: no method has these bytes.
    cut.extend((4..PREFACE.len()).map(|end| {
        let bytes = [&PREFACE[..end], b" /health/live HTTP/1.1\r\n\r\n"].concat();
        (bytes, Expected::Refused)
    }));
    cut
}

/// Every kind of frame, also such as there are not, with flags and streams that fit and that do not.
fn frames() -> Vec<(Vec<u8>, Expected)> {
    let mut requests = Vec::new();
    for kind in 0..=12 {
        for flags in [0, 1, 4, 5, 0xff] {
            for stream in [0, 1, 2] {
                let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
                let frame = [0, 0, 3, kind, flags, 0, 0, 0, stream, 0x82, 0x84, 0x86];
                let bytes = [PREFACE, &settings, &frame, &frame].concat();
                requests.push((bytes, Expected::Refused));
            }
        }
    }
    requests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_the_same_however_it_is_cut() {
    let health = ready().await;
    let (_listening, address) = listen(&health);
    let request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for cut in 1..request.len() {
        let mut stream = connect(address);
        stream.set_nodelay(true).unwrap();
        stream.write_all(&request[..cut]).unwrap();
        // Whoever asks in between shows that the first part has come.
        assert!(exchange(address, "GET /health/live HTTP/1.0\r\n\r\n").ends_with(ALIVE));
        stream.write_all(&request[cut..]).unwrap();
        assert!(rest(&mut stream).ends_with(ALIVE), "cut at {cut}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_one_go_are_answered_in_order() {
    let health = ready().await;
    let (_listening, address) = listen(&health);
    let live = "GET /health/live HTTP/1.1\r\n\r\n".repeat(50);
    let other = "OPTIONS /orders HTTP/1.1\r\n\r\n\r\nGET /health/ready HTTP/1.1\n\n";
    let body = "POST /health/ready HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc";
    let never = "GET /health/startup HTTP/1.1\r\n\r\n";
    let answer = exchange(address, format!("{live}{other}{body}{never}"));
    let codes: Vec<_> = answer
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    let expected = [&["200"; 50][..], &["404", "200", "405"]].concat();
    assert_eq!(codes, expected, "nothing is found behind a body");
    assert!(answer.contains("connection: close"), "{answer}");
}
