//! A listener of its own answers every client, and none at the cost of another.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

use health_http::{Access, Endpoints, Listener, Listening};
use tests::service;
use tests::wire::{body, code, connect, exchange, get, rest};

const ALIVE: &str = "{\"status\":\"alive\"}\n";
const NOT_FOUND: &str = "{\"error\":\"not_found\"}\n";
const HALF: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Half: ";
const OTHER_HALF: &[u8] = b"whole\r\nConnection: close\r\n\r\n";

fn listen(with: impl FnOnce(Listener) -> Listener) -> (Listening, SocketAddr) {
    let endpoints = Endpoints::all(&service().start().unwrap(), Access::loopback());
    let listener = with(Listener::new(endpoints)).bind("127.0.0.1:0");
    let listening = listener.start().unwrap();
    let address = listening.addresses()[0];
    (listening, address)
}

fn half(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(HALF).unwrap();
    stream
}

/// Reads one answer, whose body is known, and leaves the connection open.
fn one(stream: &mut impl Read, body: &str) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(format!("\r\n\r\n{body}").as_bytes()) {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_thousand_half_sent_requests_keep_no_new_one_out() {
    let (_listening, address) = listen(|listener| listener);
    // Fewer at a time than a process may have files open.
    let mut held = VecDeque::new();
    for _ in 0..1_000 {
        held.push_back(half(address));
        if held.len() > 400 {
            let mut oldest = held.pop_front().unwrap();
            assert_eq!(rest(&mut oldest), "", "it made room");
        }
    }
    for _ in 0..10 {
        assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
    }
    let mut newest = held.pop_back().unwrap();
    newest.write_all(OTHER_HALF).unwrap();
    assert!(rest(&mut newest).ends_with(ALIVE), "it was not the oldest");
}

#[test]
fn at_the_cap_the_oldest_without_a_whole_request_is_closed() {
    let (_listening, address) = listen(|listener| listener.connections(2));
    let (mut oldest, mut younger) = (half(address), half(address));
    let mut new = connect(address);
    new.write_all(b"GET /health/live HTTP/1.1\r\n\r\n").unwrap();
    one(&mut new, ALIVE);
    assert_eq!(rest(&mut oldest), "");
    younger.write_all(OTHER_HALF).unwrap();
    assert!(rest(&mut younger).ends_with(ALIVE));
}

#[test]
fn many_at_once_are_all_answered() {
    let (_listening, address) = listen(|listener| listener);
    let clients: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                for _ in 0..100 {
                    assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
}

#[test]
fn a_client_that_never_ends_its_request_is_closed() {
    let (_listening, address) = listen(|listener| listener);
    let mut silent = connect(address);
    let mut slow = half(address);
    let writer = slow.try_clone().unwrap();
    let drip = thread::spawn(move || drip(writer));
    assert_eq!(rest(&mut silent), "");
    assert_eq!(rest(&mut slow), "");
    drip.join().unwrap();
}

/// Sends one byte after the other for as long as somebody takes them.
fn drip(mut stream: TcpStream) {
    while stream.write_all(b"x").is_ok() {
        thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let (_listening, address) = listen(|listener| listener);
    let mut stream = connect(address);
    for _ in 0..3 {
        stream.write_all(HALF).unwrap();
        stream.write_all(b"\r\n\r\n").unwrap();
        assert_eq!(code(&one(&mut stream, ALIVE)), Some(200));
    }
    let pipelined = "GET /health/live HTTP/1.1\r\n\r\n".repeat(3);
    stream.write_all(pipelined.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut stream).matches(ALIVE).count(), 3);
}

#[test]
fn the_contract_holds_for_every_way_to_ask() {
    let (_listening, address) = listen(|listener| listener);
    let end = "Connection: close\r\n\r\n";
    let long = "x".repeat(100_000);
    for (request, expected, text) in [
        ("GET /health/live HTTP/1.0\r\n\r\n".into(), 200, ALIVE),
        ("OPTIONS /health/live HTTP/1.0\r\n\r\n".into(), 200, ALIVE),
        (format!("GET /health/live/ HTTP/1.1\r\n{end}"), 200, ALIVE),
        (
            format!("GET /health/live?x=%ff HTTP/1.1\r\n{end}"),
            200,
            ALIVE,
        ),
        (format!("HEAD /health/live HTTP/1.1\r\n{end}"), 200, ""),
        (
            format!("GET http://example.com/health/live HTTP/1.1\r\n{end}"),
            200,
            ALIVE,
        ),
        (
            format!("POST /health/live HTTP/1.1\r\nContent-Length: 2\r\n{end}hi"),
            405,
            "{\"error\":\"method_not_allowed\"}\n",
        ),
        (
            format!("GET /health/live HTTP/1.1\r\nContent-Length: 100000\r\n{end}{long}"),
            200,
            ALIVE,
        ),
        (format!("GET / HTTP/1.1\r\n{end}"), 404, NOT_FOUND),
        (format!("GET /orders HTTP/1.1\r\n{end}"), 404, NOT_FOUND),
        (
            format!("GET /health/ready/none HTTP/1.1\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (
            format!("GET //health/live HTTP/1.1\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (
            format!("GET /health/%6cive HTTP/1.1\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (format!("HEAD /orders HTTP/1.1\r\n{end}"), 404, ""),
        (format!("OPTIONS * HTTP/1.1\r\n{end}"), 404, NOT_FOUND),
        (
            format!("CONNECT localhost:1 HTTP/1.1\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (
            format!("GET /health/deep HTTP/1.1\r\nHost: example.com\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (
            format!("GET http://example.com/health/deep HTTP/1.1\r\nHost: localhost\r\n{end}"),
            404,
            NOT_FOUND,
        ),
        (
            format!("GET /health/live HTTP/1.1\r\nX: {long}\r\n{end}"),
            431,
            "",
        ),
        (
            format!(
                "GET /health/live HTTP/1.1\r\n{}{end}",
                "X: y\r\n".repeat(200)
            ),
            431,
            "",
        ),
        (format!("GET /{long} HTTP/1.1\r\n{end}"), 431, ""),
        ("nonsense\r\n\r\n".into(), 400, ""),
        ("GET /health/live HTTP/1.1\r\n: \r\n\r\n".into(), 400, ""),
    ] {
        let start: String = request.chars().take(120).collect();
        let answer = exchange(address, &request);
        assert_eq!(code(&answer), Some(expected), "{start}: {answer}");
        assert_eq!(body(&answer), text, "{start}");
    }
}

#[test]
fn whatever_is_not_a_request_ends_in_a_close() {
    let (_listening, address) = listen(|listener| listener);
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: loc",
        b"GET /health/live HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ] {
        let mut stream = connect(address);
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        rest(&mut stream);
        assert_eq!(
            get(address, "/health/live"),
            (200, ALIVE.into()),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_404_is_always_the_same_bytes() {
    let (_listening, address) = listen(|listener| listener);
    let headers = |path: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n");
        let answer = exchange(address, request);
        let dated = |line: &&str| !line.starts_with("date: ");
        answer
            .lines()
            .filter(dated)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let orders = headers("/orders");
    assert!(
        orders.contains(&"cache-control: no-store".to_owned()),
        "{orders:?}"
    );
    for path in [
        "/",
        "/health",
        "/health/deep",
        "/health/ready/none",
        "/x/y?z",
    ] {
        assert_eq!(headers(path), orders, "{path}");
    }
}
