//! A live service that goes from state to state as a test says.

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::routing::any;
use health_core::{
    Builder, Check, Feature, Health, LivenessStatus, ReadinessStatus, Reason, ServiceReason,
    StartupTask,
};
use health_http::{Access, Endpoints, Listener, Listening};
use tokio::task::AbortHandle;
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::reply::Response;
use warp::{Filter, Reply};

use crate::{eventually, service, verdict};

/// What needs the `database` of a [`Stage`].
pub const ORDERS: Feature = Feature::new("orders");

/// What only a private answer of a [`Stage`] holds.
pub const PRIVATE: &str = "Orders are stored here";

/// A state that a service can be in, as a prober sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A startup task still runs.
    Starting,
    /// Everything passes.
    Ready,
    /// The `degraded`-class check `search` fails.
    Degraded,
    /// The `critical` check `database` fails.
    NotReady,
    /// `database` blocks its thread and does not come back.
    Hung,
    /// The liveness check `mails_go` fails.
    NotAlive,
    /// The service has been told to end, and serves meanwhile.
    Draining,
}

impl Act {
    /// Every state, in an order in which a service can go through them.
    pub const ALL: [Act; 7] = [
        Act::Starting,
        Act::Ready,
        Act::Degraded,
        Act::NotReady,
        Act::Hung,
        Act::NotAlive,
        Act::Draining,
    ];

    /// Whether readiness answers 200.
    pub fn serves(self) -> bool {
        matches!(self, Act::Ready | Act::Degraded)
    }

    /// Whether liveness answers 200.
    pub fn is_alive(self) -> bool {
        self != Act::NotAlive
    }
}

/// What the application of a [`Stage`] is served by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// Through `health-warp`.
    Warp,
    /// Through `health-axum`.
    Axum,
}

/// The service, until it is dropped.
#[derive(Debug)]
pub struct Stage {
    /// Its health.
    pub health: Health,
    /// Where health has a listener of its own, open to everybody.
    pub address: SocketAddr,
    /// The port of the application: `/` says which port that is, and so does `/orders` while its gate is open.
    /// What is private is there too, for whoever looks as if he were on this machine, and however it is spelt.
    pub application: SocketAddr,
    losses: Losses,
    database: Switch,
    search: Switch,
    mailer: Switch,
    catalog: Option<StartupTask>,
    _listening: Listening,
    serving: AbortHandle,
}

impl Stage {
    /// Starts it, in [`Act::Starting`], on the runtime that this is called on.
    ///
    /// # Panics
    ///
    /// Where nothing can be listened on, and without a runtime.
    pub fn start() -> Stage {
        Stage::with(service())
    }

    /// Starts it with the application on a framework.
    ///
    /// # Panics
    ///
    /// As [`start`](Stage::start).
    pub fn on(framework: Framework) -> Stage {
        Stage::new(service(), framework)
    }

    /// Starts it with what a test adds.
    ///
    /// # Panics
    ///
    /// As [`start`](Stage::start), and when what is added is wrong.
    pub fn with(builder: Builder) -> Stage {
        Stage::new(builder, Framework::Warp)
    }

    fn new(builder: Builder, framework: Framework) -> Stage {
        let [database, search, mailer] = [(); 3].map(|()| Switch::default());
        let (asked, also, lives) = (database.clone(), search.clone(), mailer.clone());
        let quick = |check: Check| {
            check
                .timeout(Duration::from_millis(100))
                .interval(Duration::from_millis(100))
                .retry(Duration::from_millis(50))
        };
        let stores = quick(Check::critical_blocking("database", move || asked.obey()))
            .description("Orders are stored here; without it nothing can be served.")
            .needed_by([ORDERS]);
        let finds = quick(Check::degraded_blocking("search", move || also.obey()))
            .description("Search still answers from the database when the index is away.");
        let mails = quick(Check::liveness("mails_go", move || lives.obey()));
        let mut builder = builder.extend([stores, finds, mails]);
        let catalog = builder.startup_task("catalog");
        catalog.progress(0.4);
        let health = builder.start().expect("the service starts");
        let listening = Listener::new(Endpoints::all(&health, Access::open()))
            .bind("127.0.0.1:0")
            .start()
            .expect("loopback can be listened on");
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
        let application = listener.local_addr().expect("it listens");
        let losses = Losses::default();
        let (warp, axum) = (
            application_routes(&health, application.port(), &losses),
            application_router(&health, application.port(), &losses),
        );
        let serving = tokio::spawn(async move {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            match framework {
                Framework::Warp => warp::serve(warp).incoming(listener).run().await,
                Framework::Axum => {
                    let service = axum.into_make_service_with_connect_info::<SocketAddr>();
                    axum::serve(listener, service).await?;
                }
            }
            std::io::Result::Ok(())
        });
        Stage {
            health,
            address: listening.addresses()[0],
            application,
            losses,
            database,
            search,
            mailer,
            catalog: Some(catalog),
            _listening: listening,
            serving: serving.abort_handle(),
        }
    }

    /// Loses so many answers of readiness on the application's port from now on, as a bad network would, before one
    /// arrives, again and again.
    pub fn lose_answers(&self, in_a_row: usize) {
        self.losses.in_a_row.store(in_a_row, Ordering::SeqCst);
    }

    /// How often readiness was asked there since then.
    pub fn asked_meanwhile(&self) -> usize {
        self.losses.asked.load(Ordering::SeqCst)
    }

    /// Goes to a state, and returns when the service says that it is there.
    ///
    /// # Panics
    ///
    /// When it does not come to be there within half a minute.
    pub async fn go(&mut self, act: Act) {
        if act != Act::Starting
            && let Some(catalog) = self.catalog.take()
        {
            catalog.complete();
        }
        if act == Act::Draining {
            self.health.drain();
        }
        self.search
            .set(if act == Act::Degraded { FAIL } else { PASS });
        self.mailer.set(if act.is_alive() { PASS } else { FAIL });
        self.database.set(match act {
            Act::NotReady => FAIL,
            Act::Hung => HANG,
            _ => PASS,
        });
        let health = &self.health;
        let database = |reason| verdict(health, "database").1 == Some(reason);
        eventually(&format!("{act:?}"), || {
            let readiness = health.readiness();
            let is = (readiness.status, readiness.reason);
            let is_alive = health.liveness().status == LivenessStatus::Alive;
            is_alive == act.is_alive()
                && match act {
                    Act::Starting => is.1 == Some(ServiceReason::Starting),
                    Act::Ready => is == (ReadinessStatus::Ready, None),
                    Act::Degraded => is == (ReadinessStatus::Degraded, None),
                    Act::NotReady => is.0 == ReadinessStatus::NotReady && database(Reason::Failed),
                    Act::Hung => is.0 == ReadinessStatus::NotReady && database(Reason::Stuck),
                    Act::NotAlive => is.1 == Some(ServiceReason::NotAlive),
                    Act::Draining => is.1 == Some(ServiceReason::Draining),
                }
        })
        .await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.database.set(PASS);
        self.serving.abort();
    }
}

fn application_routes(health: &Health, port: u16, losses: &Losses) -> BoxedFilter<(Response,)> {
    let losses = losses.clone();
    let lost = warp::path!("health" / "ready").and_then(move || {
        losses.next();
        ready(Err::<Response, _>(warp::reject::not_found()))
    });
    let which = move || port.to_string();
    let home = warp::path::end().map(which);
    let orders = health_warp::gate(health, ORDERS, warp::any().map(which));
    let lenient = warp::path::full().and_then(|path: FullPath| {
        let private = ["/health/deep", "/health/metrics"].contains(&&*leniently(path.as_str()));
        ready(
            private
                .then(|| PRIVATE.to_owned())
                .ok_or_else(warp::reject::not_found),
        )
    });
    let plain = home.or(lenient).unify().map(Reply::into_response);
    lost.or(health_warp::routes(health, Access::loopback()))
        .unify()
        .or(warp::path("orders").and(orders))
        .unify()
        .or(plain)
        .unify()
        .boxed()
}

/// The same on axum.
fn application_router(health: &Health, port: u16, losses: &Losses) -> Router {
    let which = async move || port.to_string();
    let orders = Router::new()
        .route("/orders", any(which))
        .route("/orders/{*below}", any(which))
        .layer(health_axum::gate(health, ORDERS));
    let lenient = async |uri: Uri| match &*leniently(uri.path()) {
        "/health/deep" | "/health/metrics" => (StatusCode::OK, PRIVATE),
        _ => (StatusCode::NOT_FOUND, ""),
    };
    let losses = losses.clone();
    let lose = move |request: Request, next: Next| {
        if request.uri().path() == "/health/ready" {
            losses.next();
        }
        next.run(request)
    };
    Router::new()
        .route("/", any(which))
        .merge(orders)
        .merge(health_axum::routes(health, Access::loopback()))
        .fallback(lenient)
        .layer(middleware::from_fn(lose))
}

/// Answers that do not arrive.
#[derive(Clone, Debug, Default)]
struct Losses {
    in_a_row: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
}

impl Losses {
    /// Closes the connection without an answer, if it is the turn of one that is lost.
    fn next(&self) {
        let in_a_row = self.in_a_row.load(Ordering::SeqCst);
        if in_a_row > 0 && self.asked.fetch_add(1, Ordering::SeqCst) % (in_a_row + 1) < in_a_row {
            // What ends the task of a connection without a word; no panic hook sees it.
            resume_unwind(Box::new("lost"));
        }
    }
}

/// How the most lenient of routers reads a path: escapes, case, slashes and dots are all one to it.
fn leniently(path: &str) -> String {
    let path = unescaped(path).to_lowercase();
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

fn unescaped(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let byte = piece.get(..2).map(|digits| u8::from_str_radix(digits, 16));
        if let Some(Ok(byte)) = byte {
            bytes.push(byte);
            bytes.extend(&piece.as_bytes()[2..]);
        } else {
            bytes.push(b'%');
            bytes.extend(piece.as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a check does when it is asked.
#[derive(Clone, Debug, Default)]
struct Switch(Arc<AtomicU8>);

const PASS: u8 = 0;
const FAIL: u8 = 1;
const HANG: u8 = 2;

impl Switch {
    fn set(&self, to: u8) {
        self.0.store(to, Ordering::SeqCst);
    }

    fn obey(&self) -> Result<(), &'static str> {
        while self.0.load(Ordering::SeqCst) == HANG {
            thread::sleep(Duration::from_millis(1));
        }
        match self.0.load(Ordering::SeqCst) {
            FAIL => Err("connection refused (os error 111)"),
            _ => Ok(()),
        }
    }
}
