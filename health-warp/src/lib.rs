//! Health probes as warp filters.
//!
//! ```
//! use health_core::Health;
//! use warp::Filter;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().allow_empty().start()?;
//! let orders = warp::path("orders").map(|| "none yet");
//! let routes = health_warp::probes(&health).or(health_warp::draining(&health, orders));
//!
//! let live = warp::test::request().path("/health/live").reply(&routes).await;
//! assert_eq!(live.body(), "{\"status\":\"alive\"}\n");
//! # Ok(())
//! # }
//! ```
//!
//! The filters answer everything on their own paths, also what is wrong with it, and reject all other paths,
//! so they stand before the application's routes.

mod draining;
mod filters;
mod gate;
mod record;
mod request;

pub use draining::draining;
pub use filters::{deep, endpoints, probes, routes};
pub use gate::gate;
#[cfg(all(unix, feature = "activation"))]
pub use health_http::PassedSockets;
pub use health_http::{Access, Endpoints, Exposure, InvalidPaths, InvalidToken, Paths, Probe};
#[cfg(feature = "listener")]
pub use health_http::{ListenError, Listener, Listening};
pub use record::record;
