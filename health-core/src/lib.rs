//! Declarative health checks for services: annotate a function, and the answers to
//! liveness, readiness and startup are honest.
//!
//! ```standalone_crate
//! use health_core::{Health, ReadinessStatus, health_check};
//!
//! /// Orders are written here.
//! #[health_check(critical, timeout = "500ms")]
//! fn data_directory(directory: &DataDirectory) -> Result<(), std::io::Error> {
//!     std::fs::metadata(&directory.0)?;
//!     Ok(())
//! }
//!
//! struct DataDirectory(std::path::PathBuf);
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let health = Health::builder().state(DataDirectory(".".into())).start()?;
//!
//! let mut changes = health.subscribe();
//! while health.readiness().status != ReadinessStatus::Ready {
//!     changes.next().await;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Where to begin
//!
//! * [`health_check`](macro@health_check) declares a check; its documentation is the manual.
//! * [`Health::builder`] gives checks their state and starts them.
//! * [`Health`] gives the answers: [`liveness`](Health::liveness), [`readiness`](Health::readiness) and
//!   [`startup`](Health::startup) are public, [`deep`](Health::deep) is private.
//! * `health-warp` and `health-http` serve them.
//!
//! # What it promises
//!
//! Asking for an answer runs nothing and waits for nothing. A check runs at most once at a time, and has failed
//! at its deadline, whatever it does: return late, hang, block its thread, panic, or panic in `Drop`. A verdict
//! that is too old to mean anything is `stale`, also when it is the monitor that stopped.
//!
//! # Features
//!
//! `engine` (default) runs checks. A library crate that only declares them turns it off, and builds neither
//! tokio nor tracing. `test-util` starts a service on tokio's paused clock.

#![cfg_attr(
    not(feature = "engine"),
    allow(
        dead_code,
        reason = "a declaration is whole without the engine, but only the engine reads it"
    )
)]

mod declare;
mod error_rate;
mod sync;

#[cfg(feature = "engine")]
mod board;
#[cfg(feature = "engine")]
mod builder;
#[cfg(feature = "engine")]
mod by_name;
#[cfg(feature = "engine")]
mod changes;
#[cfg(feature = "engine")]
mod check_report;
#[cfg(feature = "engine")]
mod drain;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod health;
#[cfg(feature = "engine")]
mod heartbeat;
#[cfg(feature = "engine")]
mod judgement;
#[cfg(feature = "engine")]
mod liveness;
#[cfg(feature = "engine")]
mod process;
#[cfg(feature = "engine")]
mod pulse;
#[cfg(feature = "engine")]
mod readiness;
#[cfg(feature = "engine")]
mod redact;
#[cfg(feature = "engine")]
mod registry;
#[cfg(feature = "engine")]
mod report;
#[cfg(feature = "engine")]
mod service;
#[cfg(feature = "engine")]
mod snapshot;
#[cfg(feature = "engine")]
mod startup;
#[cfg(feature = "engine")]
mod task;
#[cfg(feature = "engine")]
mod verdict;

pub use declare::check::Check;
pub use declare::class;
pub use declare::class::Class;
pub use declare::declaration::CheckRef;
pub use declare::feature::Feature;
pub use declare::outcome::Outcome;
pub use declare::returns::Returns;
pub use error_rate::{ErrorRate, Rate};
#[doc = include_str!("../docs/health_check.md")]
pub use health_macros::health_check;

#[cfg(feature = "engine")]
pub use {
    builder::Builder,
    by_name::{ByName, Tasks, Verdicts},
    changes::{Change, Changes},
    check_report::{CheckReport, PastRun},
    drain::shutdown_signal,
    error::{Problem, StartError},
    health::Health,
    heartbeat::{Heartbeat, HeartbeatError},
    liveness::{Liveness, LivenessStatus},
    readiness::{Readiness, ReadinessStatus},
    report::{FeatureReport, HeartbeatReport, Process, Report, RuntimeReport, TaskReport},
    service::ServiceReason,
    startup::{Startup, StartupStatus, Task, TaskStatus},
    task::StartupTask,
    verdict::{Reason, Status, Verdict},
};

// Not public API: what generated code needs.
#[doc(hidden)]
pub mod __private {
    pub use crate::declare::declaration::{
        Bound,
        Call::{Awaited, Blocking},
        CheckRef, Declaration, NO_CHECKS, Take, class, object, object_if_given, owned, shared,
        shared_if_given, submit, words,
    };
    pub use crate::declare::feature::Feature;
    pub use crate::declare::outcome::Outcome;
    pub use crate::declare::returns::{Degrading, Returned, Running, Strict, With};

    /// What generated code calls on these. Without names, so that they cannot be in anybody's way.
    pub mod methods {
        pub use crate::declare::declaration::{Takes as _, TakesRefused as _};
        pub use crate::declare::returns::{
            BoxedWith as _, BoxedWithRefused as _, ReturnsInErr as _, ReturnsInOk as _,
            ReturnsOther as _, ReturnsResult as _,
        };
    }
    pub use std::clone::Clone;
    pub use std::{compile_error, concat, stringify};
}

// The attribute writes `::health_core`, also inside this crate.
#[cfg(test)]
extern crate self as health_core;
