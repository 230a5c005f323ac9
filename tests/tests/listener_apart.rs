//! A listener of its own answers whatever becomes of the application.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use health_core::{Builder, Health, ReadinessStatus};
use health_warp::{Access, Endpoints, Listener, Listening};
use tests::wire::{connect, get, rest};
use tests::{eventually, service};
use tokio::runtime::{self, Runtime};
use warp::Filter;

const ALIVE: (u16, &str) = (200, "{\"status\":\"alive\"}\n");
const DRAINING: &str = concat!(
    r#"{"status":"not_ready","reason":"draining","critical":{},"degraded":{}}"#,
    "\n"
);

const WORKERS: usize = 2;

fn application() -> Runtime {
    runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .unwrap()
}

fn listen(health: &Health) -> (Listening, SocketAddr) {
    let endpoints = Endpoints::all(health, Access::loopback());
    let listening = Listener::new(endpoints)
        .bind("127.0.0.1:0")
        .start()
        .unwrap();
    let address = listening.addresses()[0];
    (listening, address)
}

/// A service begins as `starting`, until its monitor has looked around.
fn start(builder: Builder) -> Health {
    let health = builder.start().unwrap();
    let ready = || health.readiness().status == ReadinessStatus::Ready;
    wait(eventually("it is ready", ready));
    health
}

/// Waits on a runtime that is not the application's.
fn wait(holds: impl Future<Output = ()> + Send) {
    let waits = || {
        let own = runtime::Builder::new_current_thread().enable_time().build();
        own.unwrap().block_on(holds);
    };
    thread::scope(|scope| scope.spawn(waits).join().unwrap());
}

fn live(address: SocketAddr) -> (u16, String) {
    get(address, "/health/live")
}

/// Blocks every worker of a runtime until it is dropped.
struct Blocked(Arc<(Mutex<bool>, Condvar)>);

impl Blocked {
    fn all(application: &Runtime) -> Blocked {
        let gate = Arc::new((Mutex::new(true), Condvar::new()));
        let (blocking, blocked) = mpsc::channel();
        for _ in 0..WORKERS {
            let (gate, blocking) = (Arc::clone(&gate), blocking.clone());
            application.spawn(async move {
                blocking.send(()).unwrap();
                let closed = gate.0.lock().unwrap();
                drop(gate.1.wait_while(closed, |closed| *closed).unwrap());
            });
        }
        for _ in 0..WORKERS {
            blocked.recv().unwrap();
        }
        Blocked(gate)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() = false;
        self.0.1.notify_all();
    }
}

#[test]
fn it_answers_while_every_worker_of_the_application_is_blocked() {
    let application = application();
    let health = {
        let _inside = application.enter();
        start(service())
    };
    let (_listening, address) = listen(&health);
    let blocked = Blocked::all(&application);
    assert_eq!(live(address), (ALIVE.0, ALIVE.1.to_owned()));
    assert_eq!(get(address, "/health/ready").0, 200);
    assert_eq!(get(address, "/health/deep").0, 200);
    drop(blocked);
}

#[test]
fn it_says_so_when_the_application_is_blocked_for_good() {
    let application = application();
    let health = {
        let _inside = application.enter();
        start(service().stall_limit(Duration::from_millis(500)))
    };
    let (_listening, address) = listen(&health);
    let blocked = Blocked::all(&application);
    wait(eventually("the stall is told", || live(address).0 == 503));
    assert!(live(address).1.contains("stalled"));
    drop(blocked);
}

#[test]
fn it_closes_last() {
    let application = application();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (health, port, served) = application.block_on(async {
        let health = start(service());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap();
        let draining = health.drain_on(async { drop(stopped.await) }, Duration::ZERO);
        let server = warp::serve(health_warp::probes(&health).boxed())
            .incoming(listener)
            .graceful(draining)
            .run();
        (health, port, tokio::spawn(server))
    });
    let (listening, address) = listen(&health);
    assert_eq!(get(port, "/health/ready").0, 200);
    assert_eq!(get(address, "/health/ready").0, 200);

    stop.send(()).unwrap();
    application.block_on(served).unwrap();
    TcpStream::connect(port).expect_err("the application's server has ended");
    let draining = || get(address, "/health/ready") == (503, DRAINING.to_owned());
    wait(eventually("draining is told", draining));
    assert_eq!(live(address), (ALIVE.0, ALIVE.1.to_owned()));

    drop((application, health));
    assert!(draining());
    assert_eq!(live(address), (ALIVE.0, ALIVE.1.to_owned()));

    listening.shutdown();
    TcpStream::connect(address).expect_err("now it is closed");
}

#[test]
fn dropping_it_ends_it_and_frees_its_address() {
    let application = application();
    let _inside = application.enter();
    let health = start(service());
    let (listening, address) = listen(&health);
    drop(listening);
    let again = Listener::new(Endpoints::probes(&health)).bind(address);
    assert_eq!(again.start().unwrap().addresses(), [address]);
}

#[test]
fn a_half_sent_request_does_not_hold_its_end() {
    let application = application();
    let _inside = application.enter();
    let health = start(service());
    let (listening, address) = listen(&health);
    let mut half = connect(address);
    half.write_all(b"GET /health/live HTTP/1.1\r\nHost: loc")
        .unwrap();
    let mut idle = connect(address);
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert_eq!(live(address).0, 200, "so the two were accepted before");

    // Its own limit is half a second; this one only keeps a broken test from running for ever.
    let (ended, end) = mpsc::channel();
    thread::spawn(move || {
        listening.shutdown();
        ended.send(()).unwrap();
    });
    end.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(rest(&mut half), "", "closed, and not answered");
    assert!(rest(&mut idle).ends_with(ALIVE.1));
    TcpStream::connect(address).expect_err("nobody listens");
}

#[test]
fn it_can_be_started_and_dropped_inside_a_runtime_and_without_one() {
    let application = application();
    let health = application.block_on(async {
        let health = start(service());
        let (listening, address) = listen(&health);
        assert_eq!(live(address).0, 200);
        drop(listening);
        health
    });
    let (_listening, address) = listen(&health);
    assert_eq!(live(address).0, 200);
}
