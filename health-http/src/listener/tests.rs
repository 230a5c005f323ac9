//! What no answer of ours does, and what would take too long with the limits of a service.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::panic_any;
use std::sync::Mutex;
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::limits::REQUESTS;
use super::*;

/// As long as two sweeps, or a busy machine would let what is on time be late.
const SHORT: Duration = Duration::from_millis(500);

/// Only keeps a broken test from running for ever.
const LONG: Duration = Duration::from_mins(1);

struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("and again");
    }
}

fn listen(limits: Limits) -> (Listening, SocketAddr) {
    let listener = Listener {
        answers: Arc::new(|request| match request.path {
            "/panics" => panic!("once"),
            "/panics/again" => panic_any(PanicsAgain),
            "/huge" => Some(Response::new(Bytes::from(vec![b'x'; HUGE]))),
            _ => Some(Response::new(Bytes::from_static(b"fine"))),
        }),
        open: false,
        open_to_network: false,
        addresses: vec![Address::Tcp(TcpAddress::new("127.0.0.1:0"))],
        #[cfg(unix)]
        mode: 0o600,
        limits,
    };
    let listening = listener.start().unwrap();
    let address = listening.addresses()[0];
    (listening, address)
}

/// More than any socket's buffers hold.
const HUGE: usize = 64 * 1024 * 1024;

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

fn asks(stream: &mut TcpStream, path: &str) {
    write!(stream, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
}

/// All that comes until the connection is closed.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "it is never closed");
    }
    bytes
}

fn is_fine(address: SocketAddr) -> bool {
    let mut stream = connect(address);
    write!(stream, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    rest(&mut stream).ends_with(b"\r\n\r\nfine")
}

#[test]
fn a_panic_closes_its_connection_and_no_other() {
    let (_listening, address) = listen(Limits::default());
    let mut other = connect(address);
    write!(other, "GET / HTTP/1.1\r\n").unwrap();
    for path in ["/panics", "/panics/again"] {
        let mut stream = connect(address);
        asks(&mut stream, path);
        assert!(rest(&mut stream).is_empty(), "{path}");
        assert!(is_fine(address), "{path}");
    }
    write!(other, "Connection: close\r\n\r\n").unwrap();
    assert!(rest(&mut other).ends_with(b"fine"));
}

#[test]
fn panics_leave_one_line_however_many_they_are() {
    let lines = Lines::default();
    let dispatch = tracing::Dispatch::new(lines.clone());
    let (listening, address) = tracing::dispatcher::with_default(&dispatch, || {
        // The first use of an event asks every subscriber that there is whether it wants it.
        listen(Limits::default())
    });
    for _ in 0..20 {
        let mut stream = connect(address);
        asks(&mut stream, "/panics");
        rest(&mut stream);
    }
    drop(listening);
    // The last line is written when the listener ends, by a thread that nobody waits for.
    let mut told = 0;
    while told < 20 {
        std::thread::sleep(Duration::from_millis(10));
        let lines = lines.0.lock().unwrap();
        assert!(lines.len() <= 2, "{lines:?}");
        told = lines.iter().map(|line| times(line)).sum();
    }
    assert_eq!(told, 20);
}

fn times(line: &str) -> u64 {
    let said = line.strip_prefix("the answer to a health probe panicked times=");
    said.and_then(|times| times.parse().ok()).expect(line)
}

/// What is logged, with its fields behind it.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "health_http"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let Line(line) = self;
        *line = match field.name() {
            "message" => format!("{value:?}{line}"),
            name => format!("{line} {name}={value:?}"),
        };
    }
}

#[test]
fn half_a_request_behind_a_whole_one_has_no_more_time_than_another() {
    let (_listening, address) = listen(Limits {
        asking: SHORT,
        answering: LONG * 2,
        idle: LONG * 2,
        ..Limits::default()
    });
    let mut stream = connect(address);
    let packet = "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: loc";
    stream.write_all(packet.as_bytes()).unwrap();
    assert!(rest(&mut stream).ends_with(b"fine"));
}

#[test]
fn a_connection_without_requests_is_closed() {
    let (_listening, address) = listen(Limits {
        idle: SHORT,
        asking: LONG * 2,
        answering: LONG * 2,
        ..Limits::default()
    });
    let mut stream = connect(address);
    asks(&mut stream, "/");
    assert!(rest(&mut stream).ends_with(b"fine"));
}

#[test]
fn a_client_that_does_not_take_its_answer_is_closed() {
    let (listening, address) = listen(Limits {
        answering: SHORT,
        asking: LONG * 2,
        idle: LONG * 2,
        ..Limits::default()
    });
    let mut stream = connect(address);
    asks(&mut stream, "/huge");
    let mut first = [0];
    stream.read_exact(&mut first).unwrap();
    // Not by how long it took, but by who gave up first, is it known that it was closed.
    while !matches!(stream.write(b"\r\n"), Err(error) if is_closed(&error)) {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(rest(&mut stream).len() < HUGE);
    drop(listening);
}

fn is_closed(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

#[test]
fn a_client_that_sends_on_after_its_last_answer_is_closed() {
    let (_listening, address) = listen(Limits {
        leaving: SHORT,
        asking: LONG * 2,
        idle: LONG * 2,
        ..Limits::default()
    });
    let mut stream = connect(address);
    write!(stream, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    while !matches!(stream.write(b"more"), Err(error) if is_closed(&error)) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_client_that_sends_a_body_is_answered_and_not_reset() {
    let (_listening, address) = listen(Limits {
        leaving: LONG,
        ..Limits::default()
    });
    let mut stream = connect(address);
    let head = "POST / HTTP/1.1\r\nContent-Length: 500000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"fine") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    for _ in 0..500 {
        stream.write_all(&[b'x'; 1_000]).unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(stream.read_to_end(&mut answer).unwrap(), 0);
}

#[test]
fn after_so_many_requests_a_client_comes_back() {
    let (_listening, address) = listen(Limits::default());
    let mut stream = connect(address);
    let mut writer = stream.try_clone().unwrap();
    let asking = std::thread::spawn(move || {
        for _ in 0..=REQUESTS {
            if write!(writer, "GET / HTTP/1.1\r\n\r\n").is_err() {
                return;
            }
        }
    });
    let answers = String::from_utf8(rest(&mut stream)).unwrap();
    asking.join().unwrap();
    assert_eq!(answers.matches("200 OK").count(), REQUESTS);
    assert_eq!(answers.matches("connection: close").count(), 1);
    let last = answers.rsplit("200 OK").next().unwrap();
    assert!(last.contains("connection: close"), "{last}");
    assert!(is_fine(address));
}

#[test]
fn a_request_with_a_body_is_the_last() {
    let (_listening, address) = listen(Limits::default());
    for body in [
        "Content-Length: 2\r\n\r\nhi",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ] {
        let mut stream = connect(address);
        let request = format!("POST / HTTP/1.1\r\n{body}GET / HTTP/1.1\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let answer = String::from_utf8(rest(&mut stream)).unwrap();
        assert_eq!(answer.matches("200 OK").count(), 1, "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[test]
fn a_huge_answer_is_taken_whole() {
    let (_listening, address) = listen(Limits::default());
    let mut stream = connect(address);
    write!(stream, "GET /huge HTTP/1.0\r\n\r\n").unwrap();
    assert!(rest(&mut stream).len() > HUGE);
}
