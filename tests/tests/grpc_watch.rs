//! What `Watch` costs, and when it ends.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use health_core::Health;
use health_tonic::Probes;
use tests::grpc::{self, Orders, Served, Shop, State, next, of};
use tests::leap;
use tests::threads::workers;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};
use tonic::Streaming;
use tonic::transport::Endpoint;
use tonic::transport::server::{Server, TcpIncoming};
use tonic_health::pb::HealthCheckResponse;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::HealthServer;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// The health service of a shop, asked without a socket.
fn asked(health: &Health) -> HealthClient<HealthServer<Probes>> {
    HealthClient::new(grpc::names(health).into_server().unwrap())
}

/// A `Watch`, and nothing read of it.
async fn watch(health: &Health, name: &str) -> Streaming<HealthCheckResponse> {
    let watch = asked(health).watch(of(name)).await;
    watch.unwrap().into_inner()
}

/// The message that is there already, if one is.
fn there(watch: &mut Streaming<HealthCheckResponse>, waker: &Waker) -> Poll<Option<&'static str>> {
    // Or else tokio lets a task that reads many of them wait for nothing.
    let next = tokio::task::unconstrained(next(watch));
    pin!(next).poll(&mut Context::from_waker(waker))
}

/// Counts how often something is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn three_hundred_watchers_are_not_woken_while_nothing_changes() {
    let mut shop = Shop::open_paused();
    shop.go(State::Ready).await;
    let wakes = Arc::new(Wakes::default());
    let counts = Waker::from(Arc::clone(&wakes));
    let mut watches = Vec::new();
    for _ in 0..300 {
        let mut watch = watch(&shop.health, "").await;
        assert_eq!(next(&mut watch).await, Some("SERVING"));
        assert_eq!(there(&mut watch, &counts), Poll::Pending);
        watches.push(watch);
    }
    sleep(secs(600)).await;
    assert_eq!(wakes.count(), 0, "1,200 runs of each check are no news");
    shop.go(State::NotReady).await;
    assert!(wakes.count() >= 300, "{}", wakes.count());
    for watch in &mut watches {
        assert_eq!(there(watch, &counts), Poll::Ready(Some("NOT_SERVING")));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_for_a_watcher_that_does_not_read() {
    let mut shop = Shop::open_paused();
    shop.go(State::Ready).await;
    let mut watch = watch(&shop.health, "").await;
    assert_eq!(next(&mut watch).await, Some("SERVING"));
    for _ in 0..20 {
        shop.go(State::NotReady).await;
        shop.go(State::Ready).await;
    }
    let waker = Waker::noop();
    assert_eq!(there(&mut watch, waker), Poll::Pending, "it is as it was");
    for _ in 0..20 {
        shop.go(State::Ready).await;
        shop.go(State::NotReady).await;
    }
    assert_eq!(there(&mut watch, waker), Poll::Ready(Some("NOT_SERVING")));
    assert_eq!(there(&mut watch, waker), Poll::Pending, "one answer of 40");
}

/// Over a socket what is on its way is bounded by what the client lets come.
#[tokio::test]
async fn a_client_that_does_not_read_is_sent_no_more_than_it_lets_come() {
    let mut shop = Shop::open();
    shop.go(State::Ready).await;
    let served = Served::shop(&shop.health).await;
    let endpoint = Endpoint::from_shared(format!("http://{}", served.address)).unwrap();
    // A message has seven bytes.
    let narrow = endpoint.initial_stream_window_size(14);
    let mut client = HealthClient::new(narrow.connect().await.unwrap());
    let mut watch = client.watch(of("")).await.unwrap().into_inner();
    for _ in 0..10 {
        shop.go(State::NotReady).await;
        shop.go(State::Ready).await;
    }
    shop.go(State::NotReady).await;
    let mut messages = Vec::new();
    shop.health.drain();
    while let Some(message) = next(&mut watch).await {
        messages.push(message);
        assert!(messages.len() < 10, "{messages:?} of 22 answers");
    }
    assert_eq!(messages.last(), Some(&"NOT_SERVING"), "{messages:?}");
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_when_draining_is_over_and_not_before() {
    let mut shop = Shop::open_paused();
    shop.go(State::Ready).await;
    let names = ["", "liveness", "shop.v1.Search", "unneeded"];
    let mut watches = Vec::new();
    for name in names {
        let mut watch = watch(&shop.health, name).await;
        next(&mut watch).await;
        watches.push(watch);
    }
    let _draining = shop.health.drain_on(std::future::pending(), secs(5));
    shop.health.drain();
    let began = Instant::now();
    let [all, live, search, unneeded] = &mut watches[..] else {
        unreachable!("four names");
    };
    assert_eq!(next(all).await, Some("NOT_SERVING"));
    assert_eq!(next(search).await, Some("NOT_SERVING"));
    assert!(began.elapsed() < secs(1), "{:?}", began.elapsed());
    for (watch, name) in [live, unneeded, all, search].into_iter().zip(names) {
        assert_eq!(next(watch).await, None, "{name}");
        assert!(began.elapsed() >= secs(5), "{name}: {:?}", began.elapsed());
    }
    assert!(began.elapsed() < secs(6), "{:?}", began.elapsed());
}

/// With no delay draining is over at once, and here before the monitor has had a turn to tell that it began.
#[tokio::test(start_paused = true)]
async fn the_last_answer_is_sent_before_the_end() {
    let mut shop = Shop::open_paused();
    shop.go(State::Ready).await;
    let mut watch = watch(&shop.health, "").await;
    assert_eq!(next(&mut watch).await, Some("SERVING"));
    let waker = Waker::noop();
    assert_eq!(there(&mut watch, waker), Poll::Pending);
    shop.health.drain();
    leap(Duration::from_millis(10));
    assert_eq!(there(&mut watch, waker), Poll::Ready(Some("NOT_SERVING")));
    assert_eq!(next(&mut watch).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_comes_after_draining_has_one_answer_and_ends() {
    let mut shop = Shop::open_paused();
    shop.go(State::Ready).await;
    shop.go(State::Draining).await;
    sleep(secs(60)).await;
    for (name, answer) in [
        ("", "NOT_SERVING"),
        ("liveness", "SERVING"),
        ("unneeded", "SERVICE_UNKNOWN"),
    ] {
        let mut watch = watch(&shop.health, name).await;
        assert_eq!(next(&mut watch).await, Some(answer), "{name}");
        assert_eq!(next(&mut watch).await, None, "{name}");
    }
}

#[tokio::test]
async fn an_open_watch_does_not_hold_a_server_that_ends() {
    let mut shop = Shop::open();
    shop.go(State::Ready).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (terminate, terminated) = oneshot::channel::<()>();
    let terminated = async { terminated.await.unwrap() };
    let server = Server::builder()
        .add_service(grpc::names(&shop.health).into_server().unwrap())
        .add_service(Orders::default())
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener),
            shop.health.drain_on(terminated, Duration::from_millis(200)),
        );
    let health = shop.health.clone();
    let server = tokio::spawn(async move { health.until_drained(server, secs(20)).await });
    let mut client = grpc::client(address).await;
    let mut watches = Vec::new();
    for name in ["", "liveness", "unneeded"] {
        let mut watch = client.watch(of(name)).await.unwrap().into_inner();
        next(&mut watch).await;
        watches.push(watch);
    }
    terminate.send(()).unwrap();
    let ended = server.await.unwrap();
    assert!(matches!(ended, Some(Ok(()))), "by itself: {ended:?}");
}

/// Its checks ran on a runtime that is gone, and its server does not.
#[test]
fn the_watch_of_a_service_that_has_ended_says_so_and_ends() {
    let (serving, checking) = (workers(1), workers(1));
    let shop = checking.block_on(async {
        let mut shop = Shop::open();
        shop.go(State::Ready).await;
        shop
    });
    let mut watched = serving.block_on(watch(&shop.health, ""));
    assert_eq!(serving.block_on(next(&mut watched)), Some("SERVING"));
    checking.shutdown_background();
    assert_eq!(serving.block_on(next(&mut watched)), Some("NOT_SERVING"));
    assert_eq!(serving.block_on(next(&mut watched)), None);
    // A new watcher is told what holds, though nothing is told any more.
    let mut late = serving.block_on(watch(&shop.health, "liveness"));
    assert_eq!(serving.block_on(next(&mut late)), Some("SERVING"));
    assert_eq!(serving.block_on(next(&mut late)), None);
}
