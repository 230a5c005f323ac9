//! What the simulation takes of the core, in one place.

pub(crate) use health_core::__simulation::{Ping, Poll, Run, Simulated, World, set_now, set_wall};
pub(crate) use health_core::{
    Builder, Change, ChangeKind, Changes, Check, Class, Feature, Health, Heartbeat, Liveness,
    LivenessStatus, Outcome, Readiness, ReadinessStatus, Reason, ServiceReason, StartError,
    Startup, StartupStatus, StartupTask, Status, Task, TaskStatus, Verdict,
};
