//! Declarative health checks for services: annotate a function, and the answers to
//! liveness, readiness and startup are honest.
//!
//! ```standalone_crate
//! # #[cfg(feature = "engine")] mod service {
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
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let health = Health::builder().state(DataDirectory(".".into())).start()?;
//!     health.wait_until(|health| health.readiness().status == ReadinessStatus::Ready).await;
//!     println!("{}", serde_json::to_string(&health.readiness())?);
//!     Ok(())
//! }
//! # pub fn run() { main().unwrap() }
//! # }
//! # fn main() { #[cfg(feature = "engine")] service::run(); }
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
//! that is too old to mean anything is `stale`, also when it is the monitor that stopped, and only a run that
//! passed makes it better. What is not alive is not ready.
//!
//! The monitor, a thread with a clock of its own, runs nobody else's code: texts are made small and masked where
//! the error is made, log events are written by another thread. At most 256 plain functions that are within
//! their deadlines run at once, on threads that are kept for half a minute; one that hangs costs its thread, and
//! no other. Each run is in a span of its check's name, which the subscriber makes in the run's own time.
//!
//! # Features
//!
//! `engine` (default) runs checks. A library crate that only declares them turns it off, and builds neither
//! tokio nor tracing. `test-util` starts a service on tokio's paused clock.

#![cfg_attr(
    not(feature = "engine"),
    allow(
        dead_code,
        rustdoc::broken_intra_doc_links,
        reason = "a declaration is whole without the engine, but only the engine reads it, and its docs lead there"
    )
)]

mod clock;
mod loom;
mod words;

mod declare;
mod error_rate;

#[cfg(feature = "engine")]
mod visible;

#[cfg(feature = "engine")]
mod redact;
#[cfg(feature = "engine")]
mod times;

#[cfg(feature = "engine")]
mod judge;

#[cfg(feature = "engine")]
mod changes;
#[cfg(feature = "engine")]
mod heartbeat;
#[cfg(feature = "engine")]
mod task;

#[cfg(feature = "engine")]
mod published;
#[cfg(feature = "engine")]
mod report;

#[cfg(feature = "engine")]
mod monitor;

#[cfg(feature = "engine")]
mod drain;
#[cfg(feature = "engine")]
mod health;
#[cfg(feature = "engine")]
mod start;

#[cfg(feature = "__simulation")]
mod simulation;

pub use declare::check::{Check, ReturnsOutcome, ReturnsResult};
pub use declare::class::Class;
pub use declare::declaration::CheckRef;
pub use declare::feature::Feature;
pub use declare::name::InvalidName;
pub use declare::outcome::{Details, Json, Outcome};
pub use declare::status::{Reason, Status};
pub use error_rate::{ErrorRate, Rate};
#[doc = include_str!("../docs/health_check.md")]
pub use health_macros::health_check;
pub use words::UnknownWord;

#[cfg(feature = "engine")]
pub use {
    changes::{Change, ChangeKind, Changes},
    drain::shutdown_signal,
    health::Health,
    heartbeat::{Heartbeat, HeartbeatError},
    judge::liveness::{Liveness, LivenessStatus},
    judge::readiness::{Readiness, ReadinessStatus},
    judge::startup::{Startup, StartupStatus},
    judge::task::{Task, TaskStatus, Tasks, TasksIter},
    judge::verdict::{ServiceReason, Verdict, Verdicts, VerdictsIter},
    published::answer::Answer,
    published::process::ProcessReport,
    published::record::PastRun,
    report::check::CheckReport,
    report::{FeatureReport, HeartbeatReport, MonitorReport, Report, RuntimeReport, TaskReport},
    start::builder::Builder,
    start::error::{Problem, StartError},
    task::StartupTask,
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
            BoxedWith as _, BoxedWithRefused as _, ReturnsAnyResult as _, ReturnsInErr as _,
            ReturnsInOk as _, ReturnsOther as _,
        };
    }
    pub use std::clone::Clone;
    pub use std::{compile_error, concat, stringify};
}

// Not public API: what the adapters need as well.
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod __adapters {
    pub use crate::visible::write_visible;
}

// Not public API: the monitor under a simulated clock, and what is measured alone.
#[cfg(feature = "__simulation")]
#[doc(hidden)]
pub mod __simulation {
    pub use crate::simulation::{
        Line, Ping, Poll, Run, Simulated, World, redacted, set_now, set_wall,
    };
}

// The attribute writes `::health_core`, also inside this crate.
#[cfg(test)]
extern crate self as health_core;
