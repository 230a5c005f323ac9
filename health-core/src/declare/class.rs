//! What the failure of a check means: as a value, and as types.

use crate::words::words;

words! {
    /// What the failure of a check means.
    ///
    /// The class belongs to the declaration: no outcome changes it.
    pub enum Class {
        /// Without it this instance must get no traffic.
        Critical = "critical",
        /// Without it the service is worse, but serves.
        Degraded = "degraded",
        /// Asked until it passes once, then never again.
        Startup = "startup",
        /// About this process alone: its failure asks for a restart.
        Liveness = "liveness",
    }
}

impl Class {
    /// Whether readiness depends on checks of this class.
    pub(crate) const fn is_readiness(self) -> bool {
        matches!(self, Class::Critical | Class::Degraded)
    }
}

/// The class of a check as a type, so that what a class forbids does not compile.
///
/// Implemented by [`Critical`], [`Degraded`], [`Startup`] and [`Liveness`] alone.
pub trait ClassMarker: sealed::Sealed {
    /// The same class as a value.
    const CLASS: Class;
}

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
    Critical: MayDegrade;
    /// [`Class::Degraded`], as a type.
    Degraded: MayDegrade;
    /// [`Class::Startup`], as a type.
    Startup: ;
    /// [`Class::Liveness`], as a type.
    Liveness: ;
}

mod sealed {
    pub trait Sealed {}
}
