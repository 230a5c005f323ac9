//! The gRPC health service, `grpc.health.v1`, for servers built with tonic.
//!
//! ```
//! use health_core::Health;
//! use tonic::transport::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().allow_empty().start()?;
//! let server = Server::builder().add_service(health_tonic::service(&health).into_server()?);
//! # drop(server);
//! # Ok(())
//! # }
//! ```
//!
//! # What is answered
//!
//! | name | asks for | `SERVING` while it is |
//! |---|---|---|
//! | the empty one, `readiness` | readiness | `ready` or `degraded` |
//! | `liveness` | liveness | `alive` |
//! | `startup` | startup | `started` |
//! | a feature's, such as `search` | the readiness of that feature | `ready` or `degraded` |
//! | a gRPC service's, said by [`Names::names`] or [`Names::names_feature`] | readiness, or that of a feature | `ready` or `degraded` |
//!
//! Otherwise the answer is `NOT_SERVING`. A name that nobody said, and a feature that no check needs, is
//! unknown: `Check` fails with `NOT_FOUND`, `Watch` says `SERVICE_UNKNOWN` and stays open. The answer to
//! `Check` has the status in the contract's own word in its metadata, as `x-health-status`.
//!
//! Asking runs nothing: an answer is read where the monitor put it, and `Watch` is told of changes. It sends the
//! answer of now, then every other one, and no equal one twice; a reader that is slow skips what lies between.
//!
//! # Draining
//!
//! From the moment on in which the service drains, readiness and its features are `NOT_SERVING`, and nothing
//! undoes it; liveness goes on. Every `Watch` ends when draining is over, together with the delay of
//! [`drain_on`](health_core::Health::drain_on), so that none of them holds the process:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use health_core::{Health, shutdown_signal};
//! use tonic::transport::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let stop = shutdown_signal(); // Registered here, so that a stop is heard while it starts.
//! let health = Health::builder().start()?;
//! let server = Server::builder()
//!     .add_service(health_tonic::service(&health).into_server()?)
//!     .serve_with_shutdown("0.0.0.0:50051".parse()?, health.drain_on(stop, Duration::from_secs(5)));
//! if let Some(served) = health.until_drained(server, Duration::from_secs(20)).await {
//!     served?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Kubernetes
//!
//! ```yaml
//! livenessProbe:
//!   grpc: { port: 50051, service: liveness }
//! readinessProbe:
//!   grpc: { port: 50051, service: readiness }
//! startupProbe:
//!   grpc: { port: 50051, service: startup }
//! ```
//!
//! The kubelet takes everything but `SERVING` for a failure, also `NOT_FOUND`: a misspelt `service` of a
//! liveness probe restarts the container for ever.
//!
//! # Limits
//!
//! These answers come from the application's own server, so while its runtime is blocked there are none, and
//! whoever asks runs into his own deadline. What answers even then is the listener of `health-http`.
//! A client that is gone without a word keeps its `Watch` until the server asks for it: set
//! `http2_keepalive_interval` on the server.

mod names;
mod peer;
mod probes;
mod question;
mod watch;

pub use names::{InvalidNames, Names, service};
pub use peer::peer;
pub use probes::Probes;
