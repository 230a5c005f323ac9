//! What a health probe answers over HTTP: paths, bodies, codes, headers and access.
//!
//! This crate knows no framework and reads no socket: it is a function from a request's parts to a
//! response. An adapter such as `health-warp` is a few lines around [`Endpoints::respond`].
//!
//! | path | 200 | 503 |
//! |---|---|---|
//! | `/health/live` | `alive` | `not_alive` |
//! | `/health/startup` | `started` | `starting` |
//! | `/health/ready`, `/health/ready/<feature>` | `ready`, `degraded` | `not_ready` |
//! | `/health/deep` | the whole [`Report`](health_core::Report), to whom [`Access`] lets in | `fail` of `health+json` |
//!
//! GET, HEAD and OPTIONS get the same answer, every other method a 405; a feature that no check is needed by is a 404.
//! A trailing slash is accepted. Nothing is ever a redirect.
//!
//! Every answer has `cache-control: no-store` and its length. Readiness has `x-health-status`, and when it is
//! degraded `x-envoy-degraded: true`, for what reads no bodies.
//!
//! A body is JSON, unless the request asks for `application/health+json`, for `text/plain` or `?verbose`, or, of
//! `/health/deep`, for `text/html`. Past 10 KiB a public body leaves out what is healthy and says `"omitted"`.
//!
//! `application/health+json` is what `draft-inadarei-api-health-check-06` says, with its words, and a code that says
//! how good the answer is, of `/health/deep` too. In two points we differ, so that probers stay safe: no answer may
//! be cached, where the draft recommends it, and the JSON, the text and the page of `/health/deep` are a 200 whatever
//! they say, since that they could be read is all that their reader asks.
//!
//! ```
//! use health_core::Health;
//! use health_http::{Access, Endpoints};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().allow_empty().start()?;
//! let endpoints = Endpoints::all(&health, Access::loopback());
//!
//! let request = http::Request::get("/health/live").body(())?;
//! let live = endpoints.respond(&request, None).ok_or("ours")?;
//! assert_eq!(live.body(), "{\"status\":\"alive\"}\n");
//!
//! let request = http::Request::get("/orders").body(())?;
//! assert!(endpoints.respond(&request, None).is_none(), "that is the application's");
//! # Ok(())
//! # }
//! ```

mod problems;
mod request;
mod response;

mod paths;

mod access;

mod answer;

mod format;

mod page;

mod draining;
mod endpoints;
mod gate;
mod record;

#[cfg(feature = "listener")]
mod listener;

pub use access::Access;
pub use access::token::InvalidToken;
pub use answer::body;
pub use answer::exposure::Exposure;
pub use draining::draining;
pub use endpoints::Endpoints;
pub use gate::gate;
#[cfg(all(unix, feature = "activation"))]
pub use listener::PassedSockets;
#[cfg(feature = "listener")]
pub use listener::{ListenError, Listener, Listening};
pub use paths::probe::Probe;
pub use paths::{InvalidPaths, Paths};
pub use record::record;
pub use request::Request;
pub use response::not_found;
