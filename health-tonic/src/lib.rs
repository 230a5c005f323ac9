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
//! Otherwise the answer is `NOT_SERVING`. Any other name, and a feature that no check needs, is unknown: `Check`
//! fails with `NOT_FOUND`, `Watch` says `SERVICE_UNKNOWN` and stays open. The metadata of an answer to `Check` has
//! the status in the word that HTTP has for it, such as `degraded`, as `x-health-status`.
//!
//! Asking runs nothing: `Check` reads the last verdict, and `Watch` is told of changes. It sends the present answer
//! at once and then each change; a client that reads slowly skips the answers that no longer hold.
//!
//! # Draining
//!
//! While the service drains, readiness and the features are `NOT_SERVING`, at once and for good; liveness stays
//! what it is. Every `Watch` ends when draining is over, which is after the delay that
//! [`drain_on`](health_core::Health::drain_on) was given, so that none of them holds the process:
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
//! # Clients that look after health
//!
//! gRPC's own clients can leave out the servers that are not serving. They `Watch` the name that their service
//! config has:
//!
//! ```json
//! { "loadBalancingConfig": [{ "round_robin": {} }], "healthCheckConfig": { "serviceName": "shop.v1.Orders" } }
//! ```
//!
//! # Limits
//!
//! These answers come from the application's own server: while its runtime is blocked there are none, and a probe
//! fails by its own deadline. The listener of `health-http` answers even then.
//!
//! The `Watch` of a client that vanished without closing its connection stays until the server notices: set
//! `http2_keepalive_interval` on the server.

mod names;
mod peer;
mod probes;
mod question;
mod watch;

pub use names::{InvalidNames, Names, service};
pub use peer::peer;
pub use probes::Probes;
pub use tonic_health::pb::health_server::HealthServer;
