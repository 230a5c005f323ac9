use crate::Class;
use crate::declare::outcome::Level;
use crate::declare::schedule::Schedule;
use crate::verdict::{Reason, Verdict};

/// How the runs of one check become its verdict.
///
/// The first run is the verdict at once. Afterwards runs worse than the verdict count towards
/// `fail_after` and better ones towards `pass_after`; a run at the verdict's level, or on its other
/// side, starts the count anew. A full count moves the verdict to what all its runs have in common:
/// the mildest of them downwards, the worst of them upwards.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    /// `None` until the first run.
    held: Option<Found>,
    streak: Option<Streak>,
    fail_after: u32,
    pass_after: u32,
    /// Whether unknown counts as healthy, so that the first failures have to add up too.
    alive_until_proven: bool,
}

/// What one run, or one missed slot, amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) level: Level,
    pub(crate) reason: Option<Reason>,
}

/// Runs in a row on one side of the verdict.
#[derive(Clone, Copy, Debug)]
struct Streak {
    worse: bool,
    runs: u32,
    in_common: Found,
}

impl Found {
    /// What a run of this level amounts to, if nothing but its own words made it so.
    pub(crate) fn of(level: Level) -> Found {
        let reason = match level {
            Level::Healthy => None,
            Level::Degraded => Some(Reason::Reported),
            Level::Unhealthy => Some(Reason::Failed),
        };
        Found { level, reason }
    }

    pub(crate) fn unhealthy(reason: Reason) -> Found {
        Found {
            level: Level::Unhealthy,
            reason: Some(reason),
        }
    }
}

impl Judgement {
    pub(crate) fn new(class: Class, schedule: &Schedule) -> Judgement {
        Judgement {
            held: None,
            streak: None,
            fail_after: schedule.fail_after,
            pass_after: schedule.pass_after,
            alive_until_proven: class == Class::Liveness,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.held {
            None => Verdict::PENDING,
            Some(held) => Verdict {
                status: held.level.into(),
                reason: held.reason,
            },
        }
    }

    /// Whether the next run should come soon: the verdict is about to change, or is not good.
    pub(crate) fn in_doubt(&self) -> bool {
        self.streak.is_some() || self.held.is_none_or(|held| held.level != Level::Healthy)
    }

    pub(crate) fn count(&mut self, run: Found) {
        let level = match self.held {
            Some(held) => held.level,
            None if self.alive_until_proven => Level::Healthy,
            None => return self.hold(run),
        };
        if run.level == level {
            return self.hold(run);
        }
        let worse = run.level > level;
        let streak = match self.streak {
            Some(streak) if streak.worse == worse => streak.and(run),
            _ => Streak {
                worse,
                runs: 1,
                in_common: run,
            },
        };
        if streak.runs
            >= if worse {
                self.fail_after
            } else {
                self.pass_after
            }
        {
            self.hold(streak.in_common);
        } else {
            self.streak = Some(streak);
        }
    }

    fn hold(&mut self, found: Found) {
        self.held = Some(found);
        self.streak = None;
    }
}

impl Streak {
    fn and(self, run: Found) -> Streak {
        let past = self.in_common;
        let moves = if self.worse {
            run.level <= past.level
        } else {
            run.level >= past.level
        };
        // The latest run at the common level gives the reason.
        Streak {
            worse: self.worse,
            runs: self.runs + 1,
            in_common: if moves { run } else { past },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::schedule::Options;
    use crate::verdict::Status;

    fn judgement(class: Class, fail_after: u32, pass_after: u32) -> Judgement {
        let options = Options {
            fail_after: Some(fail_after),
            pass_after: Some(pass_after),
            ..Options::NONE
        };
        Judgement::new(class, &Schedule::new(class, options).unwrap())
    }

    /// `h`ealthy, `d`egraded, `u`nhealthy, `-` unknown.
    fn found(letter: char) -> Found {
        Found::of(match letter {
            'h' => Level::Healthy,
            'd' => Level::Degraded,
            _ => Level::Unhealthy,
        })
    }

    fn letter(verdict: Verdict) -> char {
        match verdict.status {
            Status::Unknown => '-',
            status => status.as_str().chars().next().unwrap(),
        }
    }

    #[test]
    fn verdicts_follow_the_counts() {
        // Class, fail_after, pass_after, the runs, the verdict after each run.
        let table = [
            (Class::Critical, 2, 1, "u", "u"),
            (Class::Critical, 2, 1, "huhuh", "hhhhh"),
            (Class::Critical, 2, 1, "huuh", "hhuh"),
            (Class::Critical, 2, 2, "huuhuhh", "hhuuuuh"),
            (Class::Critical, 3, 1, "hduuh", "hhhdh"),
            (Class::Critical, 3, 1, "huudu", "hhhdd"),
            (Class::Critical, 2, 2, "uhdd", "uudd"),
            (Class::Critical, 2, 2, "uhdh", "uudd"),
            (Class::Critical, 2, 2, "dhuhh", "ddddh"),
            (Class::Critical, 2, 2, "duhuu", "ddddu"),
            (Class::Critical, 1, 1, "hudhd", "hudhd"),
            (Class::Liveness, 3, 1, "uuu", "--u"),
            (Class::Liveness, 3, 1, "uuhuuu", "--hhhu"),
        ];
        for (class, fail_after, pass_after, runs, expected) in table {
            let mut judgement = judgement(class, fail_after, pass_after);
            let mut after_run = |run| {
                judgement.count(found(run));
                letter(judgement.verdict())
            };
            let verdicts: String = runs.chars().map(&mut after_run).collect();
            assert_eq!(
                verdicts, expected,
                "{class} {fail_after}/{pass_after} {runs}"
            );
        }
    }

    /// The rule again, told the slow way: from all runs since the verdict was last set.
    fn oracle(class: Class, fail_after: usize, pass_after: usize, runs: &[Level]) -> Option<Level> {
        let mut held = (class == Class::Liveness).then_some(Level::Healthy);
        let mut proven = None;
        let mut since: Vec<Level> = Vec::new();
        for &run in runs {
            let level = *held.get_or_insert(run);
            since.push(run);
            let side = run.cmp(&level);
            let counted: Vec<_> = since
                .iter()
                .rev()
                .take_while(|past| past.cmp(&&level) == side)
                .collect();
            let (needed, common) = match side {
                std::cmp::Ordering::Equal => (1, counted.iter().min()),
                std::cmp::Ordering::Greater => (fail_after, counted.iter().min()),
                std::cmp::Ordering::Less => (pass_after, counted.iter().max()),
            };
            if counted.len() >= needed {
                held = common.map(|common| **common);
                proven = held;
                since.clear();
            }
        }
        proven
    }

    #[test]
    fn every_sequence_of_eight_runs_is_judged_as_the_rule_says() {
        let levels = [Level::Healthy, Level::Degraded, Level::Unhealthy];
        let mut judged = 0;
        for class in [Class::Critical, Class::Liveness] {
            for (fail_after, pass_after) in
                (1..=4).flat_map(|fail| (1..=4).map(move |pass| (fail, pass)))
            {
                for sequence in 0..3_usize.pow(8) {
                    let runs: Vec<_> = (0..8)
                        .map(|place| levels[sequence / 3_usize.pow(place) % 3])
                        .collect();
                    let mut judgement = judgement(class, fail_after, pass_after);
                    for level in &runs {
                        judgement.count(Found::of(*level));
                    }
                    let expected = oracle(class, fail_after as usize, pass_after as usize, &runs);
                    let found = judgement.held.map(|held| held.level);
                    assert_eq!(
                        found, expected,
                        "{class} {fail_after}/{pass_after} {runs:?}"
                    );
                    judged += 1;
                }
            }
        }
        assert_eq!(judged, 2 * 16 * 6_561);
    }

    #[test]
    fn the_reason_is_that_of_the_latest_run_at_the_verdict() {
        let mut judgement = judgement(Class::Critical, 2, 2);
        judgement.count(found('u'));
        judgement.count(found('h'));
        assert_eq!(
            judgement.verdict().reason,
            Some(Reason::Failed),
            "one pass is not enough"
        );
        judgement.count(Found {
            level: Level::Unhealthy,
            reason: Some(Reason::Stuck),
        });
        assert_eq!(judgement.verdict().reason, Some(Reason::Stuck));
    }

    #[test]
    fn doubt_begins_with_the_first_odd_run_and_ends_with_a_good_verdict() {
        let mut judgement = judgement(Class::Critical, 2, 1);
        assert!(judgement.in_doubt(), "nothing is known");
        judgement.count(found('h'));
        assert!(!judgement.in_doubt());
        judgement.count(found('u'));
        assert!(judgement.in_doubt(), "one failure");
        judgement.count(found('h'));
        assert!(!judgement.in_doubt());
    }
}
