use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::by_name::{Tasks, Verdicts};
use crate::verdict::Verdict;
use crate::{Class, Feature};

/// Why the service itself, and not one of its checks, makes an answer what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceReason {
    /// The service is shutting down.
    Draining,
    /// The monitor stopped, so nothing is known any more.
    Stale,
    /// Startup is not complete, or a check has not been asked yet.
    Starting,
    /// The application declared itself broken.
    Broken,
    /// The application's runtime runs no tasks.
    Stalled,
}

impl ServiceReason {
    /// Returns the reason as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            ServiceReason::Draining => "draining",
            ServiceReason::Stale => "stale",
            ServiceReason::Starting => "starting",
            ServiceReason::Broken => "broken",
            ServiceReason::Stalled => "stalled",
        }
    }
}

/// The facts that the answers are judged from.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Service {
    pub(crate) checks: Vec<Held>,
    pub(crate) heartbeats: Verdicts,
    pub(crate) tasks: Tasks,
    /// Latched: stays once it was true.
    pub(crate) started: bool,
    pub(crate) draining: bool,
    pub(crate) broken: bool,
    pub(crate) stalled: bool,
    /// The monitor has not ticked for too long.
    pub(crate) silent: bool,
}

/// A check and what it is held to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) name: Arc<str>,
    pub(crate) class: Class,
    pub(crate) verdict: Verdict,
    pub(crate) needed_by: Arc<[Feature]>,
}

impl Service {
    /// The verdicts of one class, of all checks or of those that a feature needs.
    pub(crate) fn verdicts(&self, class: Class, feature: Option<Feature>) -> Verdicts {
        let asked = |held: &&Held| {
            held.class == class && feature.is_none_or(|f| held.needed_by.contains(&f))
        };
        self.checks
            .iter()
            .filter(asked)
            .map(|held| (Arc::clone(&held.name), held.verdict))
            .collect()
    }
}
