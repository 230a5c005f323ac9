//! The servers, each with the same application: routes that are gated, recorded, and asked to leave.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use bytes::Bytes;
use health_core::{ErrorRate, Health};
use health_http::{Endpoints, Listener, Listening};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tower::{Layer, Service, ServiceExt, service_fn};
use warp::Filter;

use crate::client::Version::{self, Http1, Http2};
use crate::fixture::SEARCH;

/// One line of the table.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) serve: Serve,
    pub(crate) versions: &'static [Version],
    /// What it serves besides.
    pub(crate) others: Others,
}

/// What becomes of requests that are not for health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// The application has them.
    Application,
    /// Nobody has heard of them.
    NotFound,
    /// They are calls of methods that there are not.
    Calls,
}

impl Server {
    pub(crate) fn has_application(&self) -> bool {
        self.others == Others::Application
    }
}

type Serve = fn(Endpoints, Health, ErrorRate) -> Pin<Box<dyn Future<Output = Serving> + Send>>;

/// A server that ends with this.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    #[expect(dead_code, reason = "it is there to be dropped")]
    ends: Ends,
}

enum Ends {
    Task(#[expect(dead_code, reason = "it is there to be dropped")] AbortOnDrop),
    Listener(#[expect(dead_code, reason = "it is there to be dropped")] Listening),
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) static SERVERS: &[Server] = &[
    Server {
        name: "warp",
        serve: |e, h, r| Box::pin(warp(e, h, r)),
        versions: &[Http1, Http2],
        others: Others::Application,
    },
    Server {
        name: "axum",
        serve: |e, h, r| Box::pin(axum(e, h, r)),
        versions: &[Http1, Http2],
        others: Others::Application,
    },
    Server {
        name: "tower on hyper",
        serve: |e, h, r| Box::pin(hyper(e, h, r)),
        versions: &[Http1, Http2],
        others: Others::Application,
    },
    Server {
        name: "tonic",
        serve: |e, h, _| Box::pin(tonic(e, h)),
        versions: &[Http1, Http2],
        others: Others::Calls,
    },
    Server {
        name: "the listener",
        serve: |e, _, _| Box::pin(async { listener(e) }),
        versions: &[Http1, Http2],
        others: Others::NotFound,
    },
];

/// As it is when somebody forgets to serve with connect-info.
pub(crate) static WITHOUT_PEERS: Server = Server {
    name: "axum without connect-info",
    serve: |e, h, r| Box::pin(axum_without_peers(e, h, r)),
    versions: &[Http1],
    others: Others::Application,
};

async fn bound() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn serving(address: SocketAddr, server: impl Future<Output: Send> + Send + 'static) -> Serving {
    let task = tokio::spawn(async move { drop(server.await) });
    let ends = Ends::Task(AbortOnDrop(task.abort_handle()));
    Serving { address, ends }
}

async fn warp(endpoints: Endpoints, health: Health, errors: ErrorRate) -> Serving {
    let (listener, address) = bound().await;
    let books = warp::path!("books").map(|| "all of them");
    let search = warp::path("search").and(health_warp::gate(&health, SEARCH, books));
    let recorded = warp::path!("recorded" / String)
        .map(|how: String| warp::reply::with_status(how.clone(), status(&how)));
    let recorded = health_warp::record(&errors, recorded);
    let others = warp::any().map(|| "the application");
    let application = search.or(recorded).unify().or(others);
    let routes = health_warp::endpoints(endpoints).or(health_warp::draining(&health, application));
    serving(address, warp::serve(routes).incoming(listener).run())
}

async fn axum(endpoints: Endpoints, health: Health, errors: ErrorRate) -> Serving {
    let (listener, address) = bound().await;
    let router = router(endpoints, &health, &errors);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    serving(address, axum::serve(listener, service).into_future())
}

async fn axum_without_peers(endpoints: Endpoints, health: Health, errors: ErrorRate) -> Serving {
    let (listener, address) = bound().await;
    let router = router(endpoints, &health, &errors);
    serving(address, axum::serve(listener, router).into_future())
}

fn router(endpoints: Endpoints, health: &Health, errors: &ErrorRate) -> axum::Router {
    use axum::Router;
    use axum::extract::Path;
    use axum::routing::any;

    let search = Router::new()
        .route("/search/books", any(async || "all of them"))
        .layer(health_axum::gate(health, SEARCH));
    let recorded = async |Path(how): Path<String>| (status(&how), how);
    let recorded = Router::new()
        .route("/recorded/{how}", any(recorded))
        .layer(health_axum::record(errors));
    Router::new()
        .fallback(async || "the application")
        .merge(search)
        .merge(recorded)
        .layer(health_axum::draining(health))
        .merge(health_axum::endpoints(endpoints))
}

async fn hyper(endpoints: Endpoints, health: Health, errors: ErrorRate) -> Serving {
    let (listener, address) = bound().await;
    let search = health_tower::gate(&health, SEARCH).layer(says("all of them"));
    let recorded = health_tower::record(&errors).layer(service_fn(recorded));
    let others = says("the application");
    let application = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (search, recorded, others) = (search.clone(), recorded.clone(), others.clone());
        async move {
            let path = request.uri().path();
            if path == "/search/books" {
                search.oneshot(request).await.map(boxed)
            } else if path.starts_with("/recorded/") {
                recorded.oneshot(request).await.map(boxed)
            } else {
                others.oneshot(request).await.map(boxed)
            }
        }
    });
    let application = health_tower::draining(&health).layer(application);
    let peer = |extensions: &http::Extensions| extensions.get::<SocketAddr>().copied();
    let service = health_tower::endpoints(endpoints)
        .peer(peer)
        .layer(application);
    serving(address, accept(listener, service))
}

async fn accept<S, B>(listener: TcpListener, service: S)
where
    S: Service<Request<hyper::body::Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    loop {
        let (stream, peer) = listener.accept().await.unwrap();
        let service = service.clone();
        let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            service.clone().oneshot(request)
        });
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            let service = TowerToHyperService::new(service);
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

type Boxed = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

fn boxed<B>(response: Response<B>) -> Response<Boxed>
where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    response.map(http_body_util::BodyExt::boxed_unsync)
}

fn says<B: Send + 'static>(
    text: &'static str,
) -> impl Service<Request<B>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    service_fn(move |_| std::future::ready(Ok(Response::new(Full::from(text)))))
}

async fn recorded<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let how = request
        .uri()
        .path()
        .trim_start_matches("/recorded/")
        .to_owned();
    let mut response = Response::new(Full::from(how.clone()));
    *response.status_mut() = status(&how);
    Ok(response)
}

fn status(how: &str) -> StatusCode {
    match how {
        "well" => StatusCode::OK,
        "badly" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::NOT_FOUND,
    }
}

/// Health over HTTP and over gRPC, on one port.
async fn tonic(endpoints: Endpoints, health: Health) -> Serving {
    let (listener, address) = bound().await;
    let grpc = health_tonic::service(&health).into_server().unwrap();
    let server = tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(health_tower::endpoints(endpoints).peer(health_tonic::peer))
        .add_service(grpc);
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    serving(address, server.serve_with_incoming(incoming))
}

fn listener(endpoints: Endpoints) -> Serving {
    let listening = Listener::new(endpoints)
        .bind("127.0.0.1:0")
        .start()
        .unwrap();
    Serving {
        address: listening.addresses()[0],
        ends: Ends::Listener(listening),
    }
}
