//! The faults: each a text of the core that stands there exactly once, and what is put in its place.

/// One fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Below `health-core/src`.
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "the age limit forgets the timeout",
        file: "declare/schedule.rs",
        from: "pause.saturating_mul(11) / 10 + self.timeout + Duration::from_secs(1)",
        to: "pause.saturating_mul(11) / 10 + Duration::from_secs(1)",
    },
    Fault {
        name: "a liveness check fails after two runs",
        file: "declare/schedule.rs",
        from: "Class::Liveness => 3,",
        to: "Class::Liveness => 2,",
    },
];
