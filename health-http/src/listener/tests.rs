//! What no answer of ours does, and what would take too long with the limits of a service.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::panic_any;
use std::sync::Mutex;
use std::time::{Duration, Instant};

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
        answers: Arc::new(|request| match request.path() {
            "/panics" => panic!("once"),
            "/panics/again" => panic_any(PanicsAgain),
            "/held" => {
                drop(HELD.lock().unwrap());
                Some(Response::new(Bytes::from_static(b"fine")))
            }
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

/// What an answer waits for, and with it the listener.
static HELD: Mutex<()> = Mutex::new(());

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

#[test]
fn the_thread_of_the_log_ends_with_the_listener() {
    let lines = Lines::default();
    let dispatch = tracing::Dispatch::new(lines.clone());
    drop(tracing::dispatcher::with_default(&dispatch, || {
        listen(Limits::default())
    }));
    drop(dispatch);
    let latest = Instant::now() + LONG;
    while Arc::strong_count(&lines.0) > 1 {
        assert!(Instant::now() < latest, "it holds the subscriber");
        std::thread::sleep(Duration::from_millis(10));
    }
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
fn a_crowd_that_comes_at_once_finds_place_to_wait() {
    let (_listening, address) = listen(Limits::default());
    let held = HELD.lock().unwrap();
    let mut first = connect(address);
    asks(&mut first, "/held");
    let crowd: Vec<_> = (0..250)
        .map(|_| TcpStream::connect_timeout(&address, LONG).expect("a place to wait"))
        .collect();
    drop(held);
    drop(crowd);
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

/// What a client sends over HTTP/2, and what comes back.
mod http2 {
    use super::super::frames::PREFACE;
    use super::super::limits::FRAMES;
    use super::*;

    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const GOAWAY: u8 = 7;
    const END_STREAM: u8 = 1;
    const WHOLE: u8 = 5;

    /// `GET /`, by the numbers that HPACK has for it.
    const GET: &[u8] = &[0x82, 0x84, 0x86];

    /// What a response of code 200 begins with.
    const OK: u8 = 0x88;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        frame
    }

    fn begin(address: SocketAddr, settings: &[u8]) -> TcpStream {
        let mut stream = connect(address);
        let begins = [PREFACE, &frame(SETTINGS, 0, 0, settings)].concat();
        stream.write_all(&begins).unwrap();
        stream
    }

    /// The next frame that is no setting: its kind, its flags, its stream and what is in it.
    fn next(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
        loop {
            let mut header = [0; 9];
            match stream.read_exact(&mut header) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("it is never closed"),
                Err(_) => return None,
            }
            let [high, middle, low, kind, flags, id @ ..] = header;
            let length = u32::from_be_bytes([0, high, middle, low]);
            let mut payload = vec![0; length as usize];
            stream.read_exact(&mut payload).ok()?;
            if kind != SETTINGS {
                return Some((kind, flags, u32::from_be_bytes(id), payload));
            }
        }
    }

    /// Asks, and takes the answer.
    fn is_answered(stream: &mut TcpStream, id: u32) {
        stream.write_all(&frame(HEADERS, WHOLE, id, GET)).unwrap();
        let (kind, _, of, head) = next(stream).expect("a head");
        assert_eq!((kind, of, head[0]), (HEADERS, id, OK));
        let body = next(stream).expect("a body");
        assert_eq!(body, (DATA, END_STREAM, id, b"fine".to_vec()));
    }

    /// All kinds of frames that come until the connection is closed.
    fn kinds(stream: &mut TcpStream) -> Vec<u8> {
        std::iter::from_fn(|| next(stream).map(|(kind, ..)| kind)).collect()
    }

    /// Where only one limit can be what closes a connection.
    fn long() -> Limits {
        Limits {
            asking: LONG * 2,
            answering: LONG * 2,
            idle: LONG * 2,
            ..Limits::default()
        }
    }

    #[test]
    fn a_client_asks_again_on_the_same_connection() {
        let (_listening, address) = listen(long());
        let mut stream = begin(address, &[]);
        for id in [1, 3, 5] {
            is_answered(&mut stream, id);
        }
        assert!(is_fine(address), "and beside it somebody over HTTP/1");
    }

    #[test]
    fn a_client_that_never_ends_its_request_is_closed() {
        let (_listening, address) = listen(Limits {
            asking: SHORT,
            ..long()
        });
        let mut silent = begin(address, &[]);
        kinds(&mut silent);
        let mut half = begin(address, &[]);
        is_answered(&mut half, 1);
        half.write_all(&frame(HEADERS, END_STREAM, 3, GET)).unwrap();
        kinds(&mut half);
        let mut part = begin(address, &[]);
        is_answered(&mut part, 1);
        part.write_all(&frame(HEADERS, WHOLE, 3, GET)[..10])
            .unwrap();
        kinds(&mut part);
    }

    #[test]
    fn a_client_that_asks_nothing_more_is_told_to_leave() {
        let (_listening, address) = listen(Limits {
            idle: SHORT,
            ..long()
        });
        let mut stream = begin(address, &[]);
        is_answered(&mut stream, 1);
        // It does not help to show that one is there.
        stream.write_all(&frame(PING, 0, 0, &[0; 8])).unwrap();
        assert!(kinds(&mut stream).contains(&GOAWAY));
    }

    #[test]
    fn a_client_that_takes_no_answer_is_closed() {
        let (_listening, address) = listen(Limits {
            answering: SHORT,
            ..long()
        });
        let no_window = [0, 4, 0, 0, 0, 0];
        let mut stream = begin(address, &no_window);
        stream.write_all(&frame(HEADERS, WHOLE, 1, GET)).unwrap();
        assert_eq!(next(&mut stream).expect("a head").0, HEADERS);
        assert!(!kinds(&mut stream).contains(&DATA));
    }

    #[test]
    fn no_client_asks_for_more_than_it_takes() {
        let (_listening, address) = listen(long());
        let no_window = [0, 4, 0, 0, 0, 0];
        let mut stream = begin(address, &no_window);
        for request in 0..=16 {
            let asks = frame(HEADERS, WHOLE, 2 * request + 1, GET);
            stream.write_all(&asks).unwrap();
        }
        let ends = std::iter::from_fn(|| next(&mut stream));
        let (mut heads, mut refused) = (0, Vec::new());
        for (kind, _, id, _) in ends.take(17) {
            match kind {
                HEADERS => heads += 1,
                RST_STREAM => refused.push(id),
                _ => panic!("{kind}"),
            }
        }
        assert_eq!((heads, &*refused), (16, &[33][..]));
    }

    #[test]
    fn no_client_is_told_to_leave_while_it_asks() {
        let (_listening, address) = listen(long());
        let mut stream = begin(address, &[]);
        for request in 0..=u32::try_from(REQUESTS).unwrap() {
            is_answered(&mut stream, 2 * request + 1);
        }
    }

    #[test]
    fn a_flood_that_asks_nothing_is_closed() {
        let (_listening, address) = listen(long());
        let ping = frame(PING, 0, 0, &[0; 8]);
        let settings = frame(SETTINGS, 0, 0, &[]);
        let window = frame(8, 0, 0, &[0, 0, 0, 1]);
        let priority = frame(2, 0, 1, &[0, 0, 0, 0, 0]);
        let unknown = frame(99, 0, 0, &[]);
        for flood in [&ping, &settings, &window, &priority, &unknown] {
            let mut stream = begin(address, &[]);
            is_answered(&mut stream, 1);
            for _ in 0..=FRAMES {
                if stream.write_all(flood).is_err() {
                    break;
                }
            }
            kinds(&mut stream);
            assert!(is_fine(address), "{flood:?}");
        }
    }

    #[test]
    fn requests_that_are_reset_at_once_are_a_flood() {
        let (_listening, address) = listen(long());
        let mut stream = begin(address, &[]);
        let mut asked = 0;
        let resets = |id| {
            [
                frame(HEADERS, WHOLE, id, GET),
                frame(RST_STREAM, 0, id, &[0; 4]),
            ]
        };
        while stream.write_all(&resets(2 * asked + 1).concat()).is_ok() {
            asked += 1;
            assert!(asked < 100_000, "it is never closed");
        }
        assert!(is_fine(address));
    }

    #[test]
    fn a_panic_resets_its_stream_and_no_other() {
        let (_listening, address) = listen(long());
        let mut stream = begin(address, &[]);
        let path = [&[0x82, 0x86, 0x04, 7][..], b"/panics"].concat();
        stream.write_all(&frame(HEADERS, WHOLE, 1, &path)).unwrap();
        let (kind, _, id, _) = next(&mut stream).expect("a reset");
        assert_eq!((kind, id), (RST_STREAM, 1));
        is_answered(&mut stream, 3);
    }

    #[test]
    fn the_end_tells_who_asks_nothing_and_waits_for_nobody() {
        let (listening, address) = listen(long());
        let mut stream = begin(address, &[]);
        is_answered(&mut stream, 1);
        // Its own limit is half a second; this one only keeps a broken test from running for ever.
        let (ended, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            listening.shutdown();
            ended.send(()).unwrap();
        });
        end.recv_timeout(LONG).unwrap();
        assert!(kinds(&mut stream).contains(&GOAWAY));
        TcpStream::connect(address).expect_err("nobody listens");
    }
}
