use health_core::{LivenessStatus, Report, ServiceReason};

use super::grade::Grade;

/// What a report is headed by in the shapes that a person reads: the worst of liveness and readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) grade: Grade,
    pub(crate) status: &'static str,
    /// Why, when the service itself is why.
    pub(crate) reason: Option<ServiceReason>,
}

impl Heading {
    pub(crate) fn of(report: &Report) -> Heading {
        let (liveness, readiness) = (report.liveness.into(), report.readiness.into());
        // What is not alive is not ready either, and a restart is the worse news.
        match report.liveness {
            LivenessStatus::NotAlive => Heading {
                grade: Grade::max(liveness, readiness),
                status: report.liveness.as_str(),
                reason: why_not_alive(report),
            },
            LivenessStatus::Alive => Heading {
                grade: readiness,
                status: report.readiness.as_str(),
                reason: report.reason,
            },
        }
    }

    /// The heading in one line, such as `not_alive: broken`.
    pub(crate) fn line(self) -> String {
        match self.reason {
            Some(reason) => format!("{}: {reason}", self.status),
            None => self.status.into(),
        }
    }
}

/// Why a process is not alive. The report's reason is readiness's: that it drains as well kills nothing.
fn why_not_alive(report: &Report) -> Option<ServiceReason> {
    if report.broken.is_some() {
        return Some(ServiceReason::Broken);
    }
    match report.reason? {
        reason @ (ServiceReason::Stalled | ServiceReason::Stale) => Some(reason),
        _ => None,
    }
}
