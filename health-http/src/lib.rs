//! What a health probe answers over HTTP: paths, bodies, codes, headers and access.
//!
//! This crate knows no framework and reads no socket: it is a function from a request's parts to a
//! response. An adapter such as `health-warp` is a few lines around [`Endpoints::respond`].
//!
//! ```
//! use health_core::Health;
//! use health_http::{Access, Endpoints, Request};
//! use http::{HeaderMap, Method};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().allow_empty().start()?;
//! let endpoints = Endpoints::all(&health, Access::loopback());
//!
//! let headers = HeaderMap::new();
//! let live = endpoints.respond(&Request::new(&Method::GET, "/health/live", &headers));
//! assert_eq!(live.ok_or("ours")?.body(), r#"{"status":"alive"}"#);
//!
//! let orders = endpoints.respond(&Request::new(&Method::GET, "/orders", &headers));
//! assert!(orders.is_none(), "that is the application's");
//! # Ok(())
//! # }
//! ```

pub mod body;
mod endpoints;
mod gate;
mod request;
mod serves;

mod paths;
mod probe;
mod table;

mod access;
mod local;
mod token;

mod answer;
mod entry;
mod exposure;
mod grade;

mod accept;
mod format;

mod fact;
mod health_json;
mod json;
mod page;
mod row;
mod text;
mod visible;

mod rendered;
mod response;

#[cfg(feature = "listener")]
mod listener;

pub use access::Access;
pub use endpoints::Endpoints;
pub use exposure::Exposure;
pub use gate::gate;
#[cfg(feature = "listener")]
pub use listener::{ListenError, Listener, Listening};
pub use paths::{InvalidPaths, Paths};
pub use probe::Probe;
pub use request::Request;
pub use serves::serves;
pub use token::InvalidToken;
