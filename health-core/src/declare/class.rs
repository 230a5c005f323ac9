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
