use health_core::{LivenessStatus, Report, ServiceReason};

use super::grade::Grade;
use super::rows::{Consequence, Row, Words};
use super::tone::Tone;

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
                reason: report.liveness_reason,
            },
            LivenessStatus::Alive => Heading {
                grade: readiness,
                status: report.readiness.as_str(),
                reason: report.reason,
            },
        }
    }

    /// How alarming it is: what belongs to every deployment is not, as long as nothing else is wrong.
    pub(crate) fn tone(&self, rows: &[Row<'_>]) -> Tone {
        let fails =
            |row: &Row<'_>| row.tone == Tone::Fail && row.consequence() != Some(Consequence::Worse);
        match self.reason {
            Some(ServiceReason::Draining) => Tone::Wait,
            Some(ServiceReason::Starting) if !rows.iter().any(fails) => Tone::Wait,
            _ => self.grade.into(),
        }
    }

    /// In words, such as `not alive: broken`.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.status, self.reason)
    }
}
