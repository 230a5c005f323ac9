//! The words of the attribute, and what is known from them.

use std::time::Duration;

use syn::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Critical,
    Degraded,
    Startup,
    Liveness,
}

pub(crate) const CLASSES: [&str; 4] = ["critical", "degraded", "startup", "liveness"];

pub(crate) const OPTIONS: [&str; 10] = [
    "name",
    "timeout",
    "interval",
    "retry",
    "fail_after",
    "pass_after",
    "needed_by",
    "ignores_errors",
    "local",
    "crate",
];

impl Class {
    pub(crate) fn from(word: &str) -> Option<Class> {
        Some(match word {
            "critical" => Class::Critical,
            "degraded" => Class::Degraded,
            "startup" => Class::Startup,
            "liveness" => Class::Liveness,
            _ => return None,
        })
    }
}

/// Where `health_core` is.
#[derive(Default)]
pub(crate) enum CratePath {
    #[default]
    Default,
    Written(Path),
    /// Written, but not as a path.
    Unknown,
}

/// What the rest of the attribute says, as far as it is right: advice has to fit it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    pub(crate) class: Option<Class>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) retry: Option<Duration>,
}
