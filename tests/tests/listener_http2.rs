//! A listener of its own answers HTTP/2 on the same port, to who knows beforehand that it does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use health_core::Health;
use health_http::{Access, Endpoints, Listener, Listening};
use tests::wire::{connect, get};
use tests::{installed, missing, service};

const ALIVE: &str = "{\"status\":\"alive\"}\n";

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn listen() -> (Health, Listening, SocketAddr) {
    let health = service().start().unwrap();
    let listener = Listener::new(Endpoints::all(&health, Access::loopback()));
    let listening = listener.bind("127.0.0.1:0").start().unwrap();
    let address = listening.addresses()[0];
    (health, listening, address)
}

fn begin(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(PREFACE).unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    stream
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Headers as HPACK has them when it compresses nothing.
fn headers(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            // Seven bits say what is shorter than 127; for what is longer, more bytes say the rest.
            match text.len().checked_sub(127) {
                None => block.push(u8::try_from(text.len()).unwrap()),
                Some(mut rest) => {
                    block.push(127);
                    while rest >= 128 {
                        block.push(u8::try_from(rest % 128 + 128).unwrap());
                        rest /= 128;
                    }
                    block.push(u8::try_from(rest).unwrap());
                }
            }
            block.extend(text.as_bytes());
        }
    }
    block
}

/// How a request ends.
#[derive(Debug, PartialEq)]
enum Answer {
    /// What HPACK says for the code, and the body.
    Head(Code, String),
    Reset,
    Closed,
}

/// The codes that HPACK has a number for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Code {
    Ok,
    NotFound,
    Other,
}

/// Reads until this stream ends.
fn answer(stream: &mut TcpStream, id: u32) -> Answer {
    let (mut code, mut body) = (Code::Other, Vec::new());
    loop {
        let mut header = [0; 9];
        if stream.read_exact(&mut header).is_err() {
            return Answer::Closed;
        }
        let [high, middle, low, kind, flags, of @ ..] = header;
        let mut payload = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
        stream.read_exact(&mut payload).unwrap();
        match kind {
            GOAWAY => return Answer::Closed,
            _ if u32::from_be_bytes(of) != id => continue,
            RST_STREAM => return Answer::Reset,
            HEADERS => {
                code = match payload[0] {
                    0x88 => Code::Ok,
                    0x8d => Code::NotFound,
                    _ => Code::Other,
                }
            }
            DATA => body.extend(payload),
            _ => continue,
        }
        if flags & END_STREAM != 0 {
            return Answer::Head(code, String::from_utf8(body).unwrap());
        }
    }
}

#[test]
fn the_contract_holds_for_every_way_to_ask() {
    let (_health, _listening, address) = listen();
    let ok = |body: &str| Answer::Head(Code::Ok, body.into());
    let not_found = || Answer::Head(Code::NotFound, "{\"error\":\"not_found\"}\n".into());
    let not_allowed = || Answer::Head(Code::Other, "{\"error\":\"method_not_allowed\"}\n".into());
    let asks = |path| [(":method", "GET"), (":scheme", "http"), (":path", path)];
    let with = |path, more: &[(&'static str, &'static str)]| [&asks(path)[..], more].concat();
    let long = "x".repeat(20_000);
    let deep = "/health/deep";
    for (request, expected) in [
        (with("/health/live", &[]), ok(ALIVE)),
        (with("/health/live/?x", &[(":authority", "a")]), ok(ALIVE)),
        (with("/health/live", &[("accept", "*/*")]), ok(ALIVE)),
        (with("/orders", &[]), not_found()),
        (with("*", &[]), not_found()),
        (with(deep, &[]), not_found()),
        (with(deep, &[(":authority", "example.com")]), not_found()),
        (
            with(
                deep,
                &[(":authority", "example.com"), ("host", "localhost")],
            ),
            not_found(),
        ),
        (
            with(
                deep,
                &[(":authority", "localhost"), ("host", "example.com")],
            ),
            not_found(),
        ),
        (
            vec![
                (":method", "HEAD"),
                (":scheme", "http"),
                (":path", "/health/live"),
            ],
            ok(""),
        ),
        (
            vec![
                (":method", "OPTIONS"),
                (":scheme", "http"),
                (":path", "/health/live"),
            ],
            ok(ALIVE),
        ),
        (
            vec![(":method", "OPTIONS"), (":scheme", "http"), (":path", "*")],
            not_found(),
        ),
        (
            vec![
                (":method", "POST"),
                (":scheme", "http"),
                (":path", "/health/live"),
            ],
            not_allowed(),
        ),
        (
            vec![(":method", "CONNECT"), (":authority", "localhost:1")],
            not_found(),
        ),
        (
            vec![
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "http"),
                (":authority", "localhost"),
                (":path", "/health/live"),
            ],
            Answer::Reset,
        ),
        (vec![(":method", "GET"), (":scheme", "http")], not_found()),
        (
            vec![(":scheme", "http"), (":path", "/health/live")],
            Answer::Reset,
        ),
        (with("", &[]), Answer::Reset),
        (with("/health/live", &[(":path", "/orders")]), Answer::Reset),
        (with("/health/live", &[(":status", "200")]), Answer::Reset),
        (
            with("/health/live", &[("connection", "close")]),
            Answer::Reset,
        ),
        (with("/health/live", &[("te", "gzip")]), Answer::Reset),
        (
            with("/health/live", &[("a", "b"), (":authority", "a")]),
            Answer::Reset,
        ),
    ] {
        let mut stream = begin(address);
        let whole = END_STREAM | END_HEADERS;
        stream
            .write_all(&frame(HEADERS, whole, 1, &headers(&request)))
            .unwrap();
        assert_eq!(answer(&mut stream, 1), expected, "{request:?}");
        stream
            .write_all(&frame(HEADERS, whole, 3, &headers(&asks("/health/live"))))
            .unwrap();
        assert_eq!(answer(&mut stream, 3), ok(ALIVE), "after {request:?}");
    }
    let mut stream = begin(address);
    let long = headers(&[&asks("/health/live")[..], &[("x", &long)]].concat());
    let (first, second) = long.split_at(10_000);
    stream
        .write_all(&frame(HEADERS, END_STREAM, 1, first))
        .unwrap();
    let _ = stream.write_all(&frame(CONTINUATION, END_HEADERS, 1, second));
    assert_eq!(
        answer(&mut stream, 1),
        Answer::Head(Code::Other, String::new())
    );
    assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
}

#[test]
fn many_at_once_on_one_connection_are_all_answered() {
    let (_health, _listening, address) = listen();
    let mut stream = begin(address);
    let request = headers(&[
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/health/live"),
    ]);
    let last = 31;
    let all: Vec<_> = (1..=last)
        .step_by(2)
        .flat_map(|id| frame(HEADERS, END_STREAM | END_HEADERS, id, &request))
        .collect();
    stream.write_all(&all).unwrap();
    assert_eq!(
        answer(&mut stream, last),
        Answer::Head(Code::Ok, ALIVE.into())
    );
}

#[test]
fn a_body_is_not_waited_for() {
    let (_health, _listening, address) = listen();
    let mut stream = begin(address);
    let request = headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/health/live"),
    ]);
    stream
        .write_all(&frame(HEADERS, END_HEADERS, 1, &request))
        .unwrap();
    let body = "{\"error\":\"method_not_allowed\"}\n";
    assert_eq!(
        answer(&mut stream, 1),
        Answer::Head(Code::Other, body.into())
    );
    let _ = stream.write_all(&frame(DATA, END_STREAM, 1, b"hello"));
    assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
}

#[test]
fn curl_is_answered_with_prior_knowledge_and_where_it_asks_to_upgrade() {
    let Some(curl) = installed("curl") else {
        return missing("curl");
    };
    let (_health, _listening, address) = listen();
    for (how, spoken) in [
        ("--http2-prior-knowledge", "2"),
        ("--http2", "1.1"),
        ("--http1.1", "1.1"),
        ("--http1.0", "1"),
    ] {
        let output = Command::new(&curl)
            .args([how, "--silent", "--show-error", "--max-time", "30"])
            .args(["--write-out", " %{http_code} HTTP/%{http_version}"])
            .arg(format!("http://{address}/health/live"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            said,
            format!("{ALIVE} 200 HTTP/{spoken}"),
            "{how}: {output:?}"
        );
    }
}
