//! Health probes for every server that is made of [tower](https://docs.rs/tower) services: axum, tonic, hyper.
//!
//! [`probes`], [`deep`], [`routes`] and [`endpoints`] are layers that answer on the paths of the probes and let
//! every other request pass; [`EndpointsLayer::into_service`] makes a service of one. [`gate`], [`record`] and
//! [`draining`] are layers for the application's own routes. All of them understand gRPC, whose failed calls are
//! responses with status 200.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use health_core::Health;
//! use http::{Request, Response};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().allow_empty().start()?;
//! let orders = service_fn(async |_: Request<String>| {
//!     Ok::<_, Infallible>(Response::new("none yet".to_owned()))
//! });
//! let service = ServiceBuilder::new()
//!     .layer(health_tower::probes(&health))
//!     .layer(health_tower::draining(&health))
//!     .service(orders);
//!
//! let live = Request::get("/health/live").body(String::new())?;
//! assert_eq!(service.clone().oneshot(live).await?.status(), 200);
//! let post = Request::post("/health/live").body(String::new())?;
//! assert_eq!(service.oneshot(post).await?.status(), 405);
//! # Ok(())
//! # }
//! ```
//!
//! `Access::loopback()` asks who is at the other end of the connection, which each server keeps elsewhere: the
//! server's crate has a function for it, to be given to [`EndpointsLayer::peer`].

mod body;
mod draining;
mod endpoints;
mod gate;
mod grpc;
mod oneshot;
mod record;

pub use body::{NoBody, ResponseBody};
pub use draining::{Draining, DrainingLayer, draining};
pub use endpoints::{
    EndpointsLayer, EndpointsService, Peer, WithEndpoints, deep, endpoints, probes, routes,
};
pub use gate::{Gate, GateLayer, gate};
#[cfg(all(unix, feature = "activation"))]
pub use health_http::PassedSockets;
pub use health_http::{Access, Endpoints, Exposure, InvalidPaths, InvalidToken, Paths, Probe};
#[cfg(feature = "listener")]
pub use health_http::{ListenError, Listener, Listening};
pub use record::{Record, RecordBody, RecordLayer, record};

/// The futures of the services, for who must name them.
pub mod future {
    pub use crate::draining::DrainingFuture;
    pub use crate::endpoints::EndpointsFuture;
    pub use crate::gate::GateFuture;
    pub use crate::record::RecordFuture;
}
