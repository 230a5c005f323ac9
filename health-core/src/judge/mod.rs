//! From what runs said to the answers: pure functions of values.

pub(crate) mod facts;
pub(crate) mod judgement;
pub(crate) mod liveness;
pub(crate) mod readiness;
pub(crate) mod startup;
pub(crate) mod task;
pub(crate) mod verdict;

use facts::{Facts, Seen};
use liveness::LivenessStatus;
use readiness::ReadinessStatus;
use startup::StartupStatus;
use verdict::ServiceReason;

/// Every public answer, without the names in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) liveness: (LivenessStatus, Option<ServiceReason>),
    pub(crate) readiness: (ReadinessStatus, Option<ServiceReason>),
    pub(crate) startup: StartupStatus,
    /// In the order of the features.
    pub(crate) features: Box<[(ReadinessStatus, Option<ServiceReason>)]>,
}

/// Judges everything.
pub(crate) fn judge(facts: &Facts, seen: Seen) -> Judged {
    let liveness = liveness::judge(facts, seen);
    let readiness = readiness::judge(facts, seen);
    let features = facts.checks.features.iter();
    Judged {
        liveness,
        readiness,
        startup: startup::judge(facts),
        features: features
            .map(|feature| readiness::judge_feature(feature, readiness, facts, seen))
            .collect(),
    }
}
