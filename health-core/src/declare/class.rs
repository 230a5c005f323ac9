//! What the failure of a check means: as a value, and as types.

use std::fmt;

use serde::{Serialize, Serializer};

/// What the failure of a check means.
///
/// The class belongs to the declaration: no outcome changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "engine",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Class {
    /// Without it this instance must get no traffic.
    Critical,
    /// Without it the service is worse, but serves.
    Degraded,
    /// Asked until it passes once, then never again.
    Startup,
    /// About this process alone: its failure asks for a restart.
    Liveness,
}

impl Class {
    /// Returns the class as it is written in the attribute and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Critical => "critical",
            Class::Degraded => "degraded",
            Class::Startup => "startup",
            Class::Liveness => "liveness",
        }
    }

    /// Whether readiness depends on checks of this class.
    pub(crate) const fn is_readiness(self) -> bool {
        matches!(self, Class::Critical | Class::Degraded)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The class of a check as a type, so that what a class forbids does not compile.
///
/// Implemented by [`Critical`], [`Degraded`], [`Startup`] and [`Liveness`] alone.
pub trait ClassMarker: sealed::Sealed {
    /// The same class as a value.
    const CLASS: Class;
}

/// A class whose checks may wait, and so may be `async`.
#[diagnostic::on_unimplemented(
    message = "a liveness check cannot be async",
    label = "a liveness check must not wait for anything outside the process",
    note = "a failed liveness check restarts the process; one that waits for a dependency restarts every instance when the dependency fails",
    note = "use `Critical` for a dependency, or `Check::blocking` with a function that only looks at this process"
)]
pub trait MayWait: ClassMarker {}

/// A class whose checks may say `degraded` by themselves.
#[diagnostic::on_unimplemented(
    message = "a startup or liveness check cannot return `Outcome`, since it passes or fails and is never degraded",
    label = "write `Result<(), E>`, where `E` says why the check failed"
)]
pub trait MayDegrade: ClassMarker {}

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident: $($also:ident)*;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl ClassMarker for $name {
            const CLASS: Class = Class::$name;
        }
        $(
            #[diagnostic::do_not_recommend]
            impl $also for $name {}
        )*
    )*};
}

markers! {
    /// [`Class::Critical`], as a type.
    Critical: MayWait MayDegrade;
    /// [`Class::Degraded`], as a type.
    Degraded: MayWait MayDegrade;
    /// [`Class::Startup`], as a type.
    Startup: MayWait;
    /// [`Class::Liveness`], as a type.
    Liveness: ;
}

mod sealed {
    pub trait Sealed {}
}
