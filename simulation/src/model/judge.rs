//! What the runs of a check make of its verdict.

use crate::answers::{Class, Reason, Status, Verdict};

use super::schedule::Schedule;

/// What is held of a check, and the runs that are counted against it.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    held: Held,
    counted: Vec<Verdict>,
}

#[derive(Clone, Copy, Debug)]
enum Held {
    /// Nothing was ever heard.
    Never,
    /// What was held became stale.
    Forgotten,
    Verdict(Verdict),
}

impl Judged {
    pub(crate) const NEVER: Judged = Judged {
        held: Held::Never,
        counted: Vec::new(),
    };
    pub(crate) const FORGOTTEN: Judged = Judged {
        held: Held::Forgotten,
        counted: Vec::new(),
    };

    pub(crate) fn verdict(&self) -> Verdict {
        match self.held {
            Held::Never => Verdict::PENDING,
            Held::Forgotten => Verdict::STALE,
            Held::Verdict(verdict) => verdict,
        }
    }

    /// Whether the next run is wanted soon.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.verdict().status != Status::Healthy || !self.counted.is_empty()
    }

    /// Returns what is held once a run (or a timeout, or a missed slot) has said `found`.
    pub(crate) fn after(mut self, found: Verdict, class: Class, schedule: &Schedule) -> Judged {
        let held = match self.held {
            Held::Verdict(verdict) => verdict.status,
            // Unknown counts as alive: three failures are needed from the first run on.
            Held::Never if class == Class::Liveness => Status::Healthy,
            Held::Never | Held::Forgotten => return Judged::holds(found),
        };
        if found.status == held {
            return Judged::holds(found);
        }
        let is_worse = found.status > held;
        self.counted
            .retain(|counted| (counted.status > held) == is_worse);
        self.counted.push(found);
        let needed = if is_worse {
            schedule.fail_after
        } else {
            schedule.pass_after
        };
        if self.counted.len() < needed {
            return self;
        }
        let statuses = self.counted.iter().map(|counted| counted.status);
        let common = if is_worse {
            statuses.min()
        } else {
            statuses.max()
        };
        let latest = self
            .counted
            .iter()
            .rfind(|counted| Some(counted.status) == common);
        Judged::holds(*latest.expect("`found` was counted"))
    }

    fn holds(verdict: Verdict) -> Judged {
        Judged {
            held: Held::Verdict(verdict),
            counted: Vec::new(),
        }
    }
}

/// A run that said that it works, but worse than it should.
pub(crate) const REPORTED: Verdict = Verdict {
    status: Status::Degraded,
    reason: Some(Reason::Reported),
};

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::script;

    const H: Verdict = Verdict::HEALTHY;
    const D: Verdict = REPORTED;
    const F: Verdict = Verdict::unhealthy(Reason::Failed);
    const T: Verdict = Verdict::unhealthy(Reason::TimedOut);
    const P: Verdict = Verdict::PENDING;

    fn schedule(fail_after: u32, pass_after: u32) -> Schedule {
        Schedule::of(&script::Check {
            name: "database",
            class: Class::Critical,
            is_plain: false,
            timeout: None,
            interval: Some(Duration::from_secs(5)),
            retry: None,
            fail_after: Some(fail_after),
            pass_after: Some(pass_after),
            needed_by: Vec::new(),
            acts: Vec::new(),
        })
    }

    #[test]
    fn verdicts_follow_their_runs() {
        let critical = Class::Critical;
        let liveness = Class::Liveness;
        for (class, fail_after, pass_after, runs, verdicts) in [
            (critical, 2, 1, vec![F], vec![F]),
            (critical, 2, 1, vec![H, F, F], vec![H, H, F]),
            (critical, 2, 1, vec![H, F, H, F, T], vec![H, H, H, H, T]),
            (critical, 2, 1, vec![H, D, F], vec![H, H, D]),
            (critical, 2, 1, vec![H, F, D], vec![H, H, D]),
            (critical, 3, 2, vec![F, T, H, D], vec![F, T, T, D]),
            (critical, 2, 2, vec![D, H, F, H, H], vec![D, D, D, D, H]),
            (
                critical,
                3,
                1,
                vec![H, D, F, F, F, F, F],
                vec![H, H, H, D, D, D, F],
            ),
            (liveness, 3, 1, vec![F, F, F], vec![P, P, F]),
            (liveness, 3, 1, vec![F, H, F, F, F], vec![P, H, H, H, F]),
        ] {
            let schedule = schedule(fail_after, pass_after);
            let mut judged = Judged::NEVER;
            let held: Vec<_> = runs
                .iter()
                .map(|run| {
                    judged = judged.clone().after(*run, class, &schedule);
                    judged.verdict()
                })
                .collect();
            assert_eq!(
                held, verdicts,
                "{class}, {fail_after}, {pass_after}: {runs:?}"
            );
        }
    }

    #[test]
    fn what_was_held_before_it_was_stale_is_forgotten() {
        for class in [Class::Critical, Class::Liveness] {
            for found in [H, F] {
                let judged = Judged::FORGOTTEN.after(found, class, &schedule(5, 5));
                assert_eq!(judged.verdict(), found, "{class}");
            }
        }
    }
}
