//! Kept-alive clients at a distance, while a service leaves: what they lose with `draining(..)`, and without.

use std::io::ErrorKind;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use health_core::Health;
use tests::{eventually, service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::Response;

const CLIENTS: usize = 100;

/// How a client's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It was asked to leave, and left.
    Left,
    /// It saw that the server had closed, before it sent anything.
    Closed,
    /// It had sent a request, and got no answer.
    Lost,
}

/// What the clients have been answered since the service drains.
#[derive(Debug)]
struct Answered(Vec<AtomicUsize>);

impl Answered {
    fn each(&self, at_least: usize) -> bool {
        let mut counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        counts.all(|count| count >= at_least)
    }
}

/// Asks over one connection. A request is on its way for some milliseconds, in which it cannot be called back.
async fn client(number: usize, port: u16, health: Health, answered: Arc<Answered>) -> End {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let distance = Duration::from_millis(10 + number as u64 % 31);
    sleep(distance).await;
    loop {
        let seen = stream.try_read(&mut [0]);
        if seen.map_err(|error| error.kind()) != Err(ErrorKind::WouldBlock) {
            return End::Closed;
        }
        sleep(distance).await;
        let request = b"GET /orders HTTP/1.1\r\nhost: orders\r\n\r\n";
        let was_draining = health.is_draining();
        if stream.write_all(request).await.is_err() {
            return End::Lost;
        }
        let Some(answer) = answer(&mut stream).await else {
            return End::Lost;
        };
        if was_draining {
            answered.0[number].fetch_add(1, Ordering::Relaxed);
        }
        if answer.contains("connection: close") {
            return End::Left;
        }
        sleep(Duration::from_millis(60)).await;
    }
}

async fn answer(stream: &mut TcpStream) -> Option<String> {
    let mut answer = Vec::new();
    while !answer.ends_with(b"none yet") {
        match stream.read_buf(&mut answer).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return None,
        }
    }
    String::from_utf8(answer).ok()
}

/// Serves orders to a hundred clients, drains, and closes when each has been answered once more.
async fn ends(routes: impl FnOnce(&Health) -> BoxedFilter<(Response,)>) -> Vec<End> {
    let health = service().start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (close, closing) = oneshot::channel::<()>();
    let server = warp::serve(routes(&health))
        .incoming(listener)
        .graceful(async move { drop(closing.await) });
    let server = tokio::spawn(server.run());
    let answered = Arc::new(Answered(
        (0..CLIENTS).map(|_| AtomicUsize::new(0)).collect(),
    ));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(client(number, port, health.clone(), Arc::clone(&answered)));
    }
    sleep(Duration::from_millis(200)).await;
    health.drain();
    eventually("each client is answered once more", || answered.each(1)).await;
    close.send(()).unwrap();
    let ends = clients.join_all().await;
    server.await.unwrap();
    ends
}

fn orders() -> BoxedFilter<(&'static str,)> {
    warp::path!("orders").map(|| "none yet").boxed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_draining_every_client_leaves_and_without_it_some_lose_a_request() {
    let with = ends(|health| health_warp::draining(health, orders())).await;
    assert_eq!(with, vec![End::Left; CLIENTS]);
    let without = ends(|_| orders().map(warp::Reply::into_response).boxed()).await;
    let lost = without.iter().filter(|end| **end == End::Lost).count();
    assert!(lost > 0, "or there was nothing to be mended: {without:?}");
    println!("of {CLIENTS} clients {lost} lose a request without `draining(..)`, and none with it");
}

/// HTTP/2 forbids the header, and has a word of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_http_2_is_served_while_draining() {
    let health = service().start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/orders", listener.local_addr().unwrap());
    let routes = health_warp::draining(&health, orders());
    tokio::spawn(warp::serve(routes).incoming(listener).run());
    health.drain();
    let asked = tokio::task::spawn_blocking(move || {
        let curl = [
            "-sS",
            "-i",
            "--max-time",
            "10",
            "--http2-prior-knowledge",
            &url,
        ];
        Command::new("curl").args(curl).output()
    });
    let Ok(output) = asked.await.unwrap() else {
        tests::missing("curl");
        return;
    };
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.starts_with("HTTP/2 200"), "{answer} {output:?}");
    assert!(answer.ends_with("none yet"), "{answer}");
    assert!(!answer.contains("connection:"), "{answer}");
}
