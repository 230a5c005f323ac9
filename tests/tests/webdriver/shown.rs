//! The pages of a scene, served as they were.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use http::Response;
use tests::{Gauge, eventually};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use warp::Filter;

use super::scene::{Scene, page, text};

const QUERIES: [&str; 3] = ["", "paused", "failing"];

/// A server of a scene's pages, until it is dropped.
#[derive(Debug)]
pub(crate) struct Shown {
    address: SocketAddr,
    state: Arc<State>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    pages: [Response<Bytes>; QUERIES.len()],
    asked: AtomicUsize,
    is_held: AtomicBool,
    held: Gauge,
}

impl Shown {
    pub(crate) async fn start(scene: Scene) -> Shown {
        let pages = tokio::task::spawn_blocking(move || pages(scene)).await;
        let state = Arc::new(State {
            pages: pages.expect("the scene can be played"),
            asked: AtomicUsize::new(0),
            is_held: AtomicBool::new(false),
            held: Gauge::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback can be listened on");
        let address = listener.local_addr().expect("it listens");
        let serving = Arc::clone(&state);
        let query = warp::query::raw().or(warp::any().map(String::new)).unify();
        let route = query.then(move |query: String| answer(Arc::clone(&serving), query));
        Shown {
            address,
            state,
            server: tokio::spawn(warp::serve(route).incoming(listener).run()),
        }
    }

    pub(crate) fn url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("http://{}/health/deep{mark}{query}", self.address)
    }

    /// The page that this query is answered with.
    pub(crate) fn page(&self, query: &str) -> String {
        text(self.state.page(query).clone())
    }

    /// How often a page was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// Waits until a page is asked for once more.
    pub(crate) async fn is_asked_again(&self) {
        let before = self.asked();
        eventually("it is asked again", || self.asked() > before).await;
    }

    /// Answers nobody any more; those who wait are counted.
    pub(crate) fn hold(&self) -> Gauge {
        self.state.is_held.store(true, Ordering::SeqCst);
        self.state.held.clone()
    }

    /// Answers again.
    pub(crate) fn release(&self) {
        self.state.is_held.store(false, Ordering::SeqCst);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl State {
    fn page(&self, query: &str) -> &Response<Bytes> {
        let place = QUERIES.iter().position(|known| *known == query);
        &self.pages[place.unwrap_or_default()]
    }
}

async fn answer(state: Arc<State>, query: String) -> Response<Bytes> {
    state.asked.fetch_add(1, Ordering::SeqCst);
    if state.is_held.load(Ordering::SeqCst) {
        let _inside = state.held.enter();
        return std::future::pending().await;
    }
    state.page(&query).clone()
}

/// Plays a scene on a clock of its own.
fn pages(scene: Scene) -> [Response<Bytes>; QUERIES.len()] {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let stand = scene.play().await;
        QUERIES.map(|query| page(&stand.health, query))
    })
}
