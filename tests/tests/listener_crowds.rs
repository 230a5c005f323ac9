//! A listener of its own answers everybody, also while a crowd does what it can against that.

#![cfg(target_os = "linux")]

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::thread;

use health_http::{Access, Endpoints, Listener, Listening};
use tests::wire::{connect, exchange, get};
use tests::{Log, service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;

const ALIVE: &str = "{\"status\":\"alive\"}\n";
const ASKS: &[u8] = b"GET /health/live HTTP/1.1\r\n\r\n";
const HALF: &[u8] = b"GET /health/live HTTP/1.1\r\nX-Half: ";
const OTHER_HALF: &[u8] = b"whole\r\nConnection: close\r\n\r\n";

fn listen(with: impl FnOnce(Listener) -> Listener) -> (Listening, SocketAddr) {
    let endpoints = Endpoints::all(&service().start().unwrap(), Access::loopback());
    let listener = with(Listener::new(endpoints)).bind("127.0.0.1:0");
    let listening = listener.start().unwrap();
    let address = listening.addresses()[0];
    (listening, address)
}

/// Clients that come again and again, on a thread of their own, until this is dropped.
struct Crowd {
    over: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Crowd {
    fn of<F>(count: usize, client: impl Fn() -> F + Clone + Send + 'static) -> Crowd
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (over, is_over) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            // Dropping it ends them.
            let runtime = runtime.unwrap();
            for _ in 0..count {
                let client = client.clone();
                runtime.spawn(async move {
                    loop {
                        client().await;
                        tokio::task::yield_now().await;
                    }
                });
            }
            drop(runtime.block_on(is_over));
        });
        Crowd {
            over: Some(over),
            thread: Some(thread),
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        drop(self.over.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the crowd panicked");
        }
    }
}

#[test]
fn a_crowd_that_asks_and_takes_no_answer_keeps_nobody_out() {
    for count in [256, 400] {
        let (_listening, address) = listen(|listener| listener);
        let asks = ASKS.repeat(200);
        let _crowd = Crowd::of(count, move || {
            let asks = asks.clone();
            async move {
                if let Ok(mut stream) = TcpStream::connect(address).await {
                    while stream.write_all(&asks).await.is_ok() {}
                }
            }
        });
        for _ in 0..100 {
            assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
        }
    }
}

#[test]
fn a_crowd_that_pings_keeps_nobody_out() {
    let (_listening, address) = listen(|listener| listener);
    let begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let pings = b"\0\0\x08\x06\0\0\0\0\0pingpong".repeat(200);
    let _crowd = Crowd::of(300, move || {
        let pings = pings.clone();
        async move {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                return;
            };
            let (mut reader, mut writer) = stream.split();
            let asks = async {
                let _ = writer.write_all(begin).await;
                while writer.write_all(&pings).await.is_ok() {}
            };
            let takes = async {
                let mut bytes = [0; 1024];
                while let Ok(1..) = reader.read(&mut bytes).await {}
            };
            tokio::join!(asks, takes);
        }
    });
    for _ in 0..100 {
        assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
    }
}

#[test]
fn a_stream_of_half_sent_requests_keeps_nobody_out_who_takes_a_moment() {
    let (_listening, address) = listen(|listener| listener);
    let mut held = Vec::new();
    for _ in 0..20 {
        let mut slow = connect(address);
        for _ in 0..4 {
            for _ in 0..50 {
                let mut half = connect(address);
                half.write_all(HALF).unwrap();
                held.push(half);
            }
            // More than the system queues would only wait there.
            assert_eq!(get(address, "/health/live").0, 200);
        }
        slow.write_all(HALF).unwrap();
        slow.write_all(OTHER_HALF).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with(ALIVE), "{answer}");
        held.clear();
    }
}

#[tokio::test]
async fn who_has_most_connections_makes_room_first() {
    let (_listening, address) = listen(|listener| listener.connections(4));
    let from = async |source: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(source.parse().unwrap()).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(HALF).await.unwrap();
        stream
    };
    let mut alone = from("127.0.0.2:0").await;
    let mut crowd = Vec::new();
    for _ in 0..50 {
        crowd.push(from("127.0.0.3:0").await);
    }
    // So all of them were accepted before.
    let live = move || exchange(address, "GET /health/live HTTP/1.0\r\n\r\n");
    let live = tokio::task::spawn_blocking(live).await.unwrap();
    assert!(live.ends_with(ALIVE));
    alone.write_all(OTHER_HALF).await.unwrap();
    let mut answer = String::new();
    alone.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(ALIVE), "{answer}");
}

/// Says in the process of the next test that it is the one with few files.
const FEW_FILES: &str = "HEALTH_TESTS_FEW_FILES";

const NOT_ACCEPTED: &str = "the health listener could not accept a connection";

#[test]
fn the_process_with_few_files() {
    if env::var_os(FEW_FILES).is_none() {
        // Among the tests it is nobody.
        return;
    }
    let log = Log::default();
    let (listening, address) = tracing::dispatcher::with_default(&log.dispatch(), || {
        listen(|listener| listener.connections(1_000))
    });
    println!("listening on {address}");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let lines = log.lines();
    let mut ours = lines.iter().filter(|line| line.message == NOT_ACCEPTED);
    println!("{:?}", ours.next().expect("a line"));
    drop(listening);
}

#[test]
fn without_a_file_to_spare_it_goes_on_and_says_so() {
    let mut process = Command::new("sh")
        .args(["-c", "ulimit -n 48; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "the_process_with_few_files", "--nocapture"])
        .env(FEW_FILES, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = || lines.next().expect("it goes on").unwrap();
    let address = loop {
        if let Some((_, address)) = said().split_once("listening on ") {
            break address.parse().unwrap();
        }
    };
    let held: Vec<_> = (0..100)
        .map(|_| {
            let mut half = connect(address);
            half.write_all(HALF).unwrap();
            half
        })
        .collect();
    for _ in 0..3 {
        assert_eq!(get(address, "/health/live"), (200, ALIVE.into()));
    }
    drop(held);
    process.stdin.take().unwrap().write_all(b"\n").unwrap();
    let line = said();
    assert!(line.contains(NOT_ACCEPTED), "{line}");
    assert!(line.contains("Too many open files"), "{line}");
    assert!(process.wait().unwrap().success());
}
