//! Health probes as axum routers.
//!
//! ```no_run,standalone_crate
//! use std::net::SocketAddr;
//! use std::time::Duration;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use health_core::{Health, health_check, shutdown_signal};
//!
//! struct Orders;
//!
//! /// Orders are stored here; without it nothing can be served.
//! #[health_check(critical, timeout = "2s")]
//! async fn database(orders: &Orders) -> Result<(), std::io::Error> {
//! #   let _ = orders; std::future::pending::<()>().await;
//!     // ..
//!     Ok(())
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let stop = shutdown_signal();
//! let health = Health::builder().service("orders").state(Orders).start()?;
//!
//! let app = Router::new()
//!     .route("/orders", get(async || "none yet"))
//!     .layer(health_axum::draining(&health))
//!     .merge(health_axum::probes(&health)); // After the layers, which are the application's.
//! let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await?;
//! let server = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
//!     .with_graceful_shutdown(health.drain_on(stop, Duration::from_secs(5)));
//! health.until_drained(server, Duration::from_secs(20)).await;
//! # Ok(())
//! # }
//! ```
//!
//! [`probes`], [`deep`], [`routes`] and [`endpoints`] give a `Router` to merge, with the paths of the probes and no
//! others. [`gate`], [`record`] and [`draining`] are layers for the application's own routes.
//!
//! `Access::loopback()` asks for the peer's address, which axum knows where the application is served with
//! `into_make_service_with_connect_info::<SocketAddr>()`; without it nobody is let in, and the log says why.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Extensions;
use health_core::Health;

#[cfg(all(unix, feature = "activation"))]
pub use health_tower::PassedSockets;
pub use health_tower::{
    Access, DrainingLayer, Endpoints, Exposure, GateLayer, InvalidPaths, InvalidToken, Paths,
    Probe, RecordLayer, draining, gate, record,
};
#[cfg(feature = "listener")]
pub use health_tower::{ListenError, Listener, Listening};

/// Serves liveness, readiness and startup, at `/health/live`, `/health/ready` and `/health/startup`.
///
/// ```
/// use axum::Router;
/// use axum::body::Body;
/// use axum::http::Request;
/// use axum::routing::get;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let app: Router = Router::new()
///     .route("/orders", get(async || "none yet"))
///     .merge(health_axum::probes(&health));
///
/// let post = Request::post("/health/ready").body(Body::empty())?;
/// assert_eq!(app.oneshot(post).await?.status(), 405);
/// # Ok(())
/// # }
/// ```
pub fn probes<S>(health: &Health) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    endpoints(Endpoints::probes(health))
}

/// Serves the private answer at `/health/deep`, to whom `access` lets in.
///
/// ```
/// use axum::Router;
/// use axum::body::Body;
/// use axum::http::Request;
/// use health_axum::Access;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let app: Router = health_axum::deep(&health, Access::token("a long secret string")?);
///
/// let request = Request::get("/health/deep").body(Body::empty())?;
/// assert_eq!(app.oneshot(request).await?.status(), 401);
/// # Ok(())
/// # }
/// ```
pub fn deep<S>(health: &Health, access: Access) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    endpoints(Endpoints::deep(health, access))
}

/// Serves [`probes`] and [`deep`].
pub fn routes<S>(health: &Health, access: Access) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    endpoints(Endpoints::all(health, access))
}

/// Serves what was chosen in detail: other paths, aliases, another exposure.
///
/// # Panics
///
/// The router that it is merged into panics, as axum does, where a path is the application's as well.
///
/// ```
/// use axum::Router;
/// use axum::body::Body;
/// use axum::http::Request;
/// use health_axum::{Endpoints, Paths};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let endpoints = Endpoints::probes(&health).paths(Paths::default().aliases())?;
/// let app: Router = health_axum::endpoints(endpoints);
///
/// let livez = Request::get("/livez").body(Body::empty())?;
/// assert_eq!(app.oneshot(livez).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
pub fn endpoints<S>(endpoints: Endpoints) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let paths: Vec<_> = endpoints.served().flat_map(patterns).collect();
    let service = health_tower::endpoints(endpoints).peer(peer).into_service();
    paths.iter().fold(Router::new(), |router, path| {
        router.route_service(path, service.clone())
    })
}

/// The patterns of what is asked at a path, and of the features below it.
fn patterns((path, probe): (&str, Probe)) -> Vec<String> {
    let below: &[_] = match (path, probe) {
        ("/", _) => &[""],
        (_, Probe::Readiness) => &["", "/", "/{feature}", "/{feature}/"],
        _ => &["", "/"],
    };
    below.iter().map(|below| format!("{path}{below}")).collect()
}

/// Finds the address that `into_make_service_with_connect_info::<SocketAddr>()` leaves with each request.
pub fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let ConnectInfo(peer) = extensions.get()?;
    Some(*peer)
}
