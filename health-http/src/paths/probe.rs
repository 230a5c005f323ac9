use std::fmt;

/// A question from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probe {
    /// Would a restart help this process? At `/health/live`.
    Liveness,
    /// May this instance get traffic? At `/health/ready`, for one feature at `/health/ready/<feature>`.
    Readiness,
    /// Has this process started? At `/health/startup`.
    Startup,
    /// Everything that is known, for the people who run the service. At `/health/deep`.
    Deep,
}

impl Probe {
    pub(crate) const ALL: [Probe; 4] = [
        Probe::Liveness,
        Probe::Readiness,
        Probe::Startup,
        Probe::Deep,
    ];

    /// The segment below the prefix.
    pub(crate) const fn segment(self) -> &'static str {
        match self {
            Probe::Liveness => "live",
            Probe::Readiness => "ready",
            Probe::Startup => "startup",
            Probe::Deep => "deep",
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Probe::Liveness => "liveness",
            Probe::Readiness => "readiness",
            Probe::Startup => "startup",
            Probe::Deep => "deep",
        })
    }
}
