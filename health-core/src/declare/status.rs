use crate::words::words;

words! {
    /// How well a check works, from best to worst.
    #[non_exhaustive]
    pub enum Status {
        /// It works.
        Healthy = "healthy",
        /// It works, but worse than it should.
        Degraded = "degraded",
        /// It does not work, or what was known of it is too old.
        Unhealthy = "unhealthy",
        /// Its first run has not ended.
        Unknown = "unknown",
    }
}

words! {
    /// Why a check, or a heartbeat, is not healthy.
    #[non_exhaustive]
    pub enum Reason {
        /// The check returned an error.
        Failed = "failed",
        /// The run had not ended at its deadline.
        TimedOut = "timed_out",
        /// The run panicked.
        Panicked = "panicked",
        /// A run past its deadline has not ended yet, so the check cannot be asked again.
        Stuck = "stuck",
        /// The last run is too long ago to say anything.
        Stale = "stale",
        /// The first run has not ended.
        Pending = "pending",
        /// The check itself reported `degraded`.
        Reported = "reported",
        /// The heartbeat's last beat is longer ago than it may be.
        Overdue = "overdue",
    }
}
