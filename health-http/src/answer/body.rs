//! The bodies of `application/json`, for clients to read them into.
//!
//! `/health/deep` reads into [`Report`](health_core::Report). The repository has a JSON Schema of each.
//!
//! ```
//! use health_core::{Reason, ReadinessStatus};
//! use health_http::body;
//!
//! let body = r#"{"status":"degraded","critical":{},"degraded":{"cache":{"status":"unhealthy","reason":"timed_out"}}}"#;
//! let readiness: body::Readiness = serde_json::from_str(body)?;
//! assert_eq!(readiness.status, ReadinessStatus::Degraded);
//! assert_eq!(readiness.degraded["cache"].reason, Some(Reason::TimedOut));
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::collections::BTreeMap;

use health_core::{LivenessStatus, ReadinessStatus, ServiceReason, StartupStatus, Task, Verdict};
use serde::Deserialize;

/// The body of `/health/live`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Liveness {
    /// The answer.
    pub status: LivenessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
    /// The `liveness`-class checks; none while alive.
    #[serde(default)]
    pub checks: BTreeMap<String, Verdict>,
    /// The heartbeats; none while alive.
    #[serde(default)]
    pub heartbeats: BTreeMap<String, Verdict>,
    /// How many healthy ones were left out, because there were too many.
    #[serde(default)]
    pub omitted: usize,
}

/// The body of `/health/ready` and `/health/ready/<feature>`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Readiness {
    /// The answer.
    pub status: ReadinessStatus,
    /// Why, when the service itself is why.
    pub reason: Option<ServiceReason>,
    /// The feature that was asked for; `None` for the whole service.
    pub feature: Option<String>,
    /// The `critical`-class checks.
    #[serde(default)]
    pub critical: BTreeMap<String, Verdict>,
    /// The `degraded`-class checks.
    #[serde(default)]
    pub degraded: BTreeMap<String, Verdict>,
    /// How many healthy ones were left out, because there were too many.
    #[serde(default)]
    pub omitted: usize,
}

/// The body of `/health/startup`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Startup {
    /// The answer.
    pub status: StartupStatus,
    /// The `startup`-class checks; none once started.
    #[serde(default)]
    pub checks: BTreeMap<String, Verdict>,
    /// The startup tasks; none once started.
    #[serde(default)]
    pub tasks: BTreeMap<String, Task>,
    /// How many healthy ones were left out, because there were too many.
    #[serde(default)]
    pub omitted: usize,
}
