use super::verdict::Verdict;
use crate::declare::class::Class;
use crate::declare::schedule::Schedule;
use crate::declare::status::Status;

/// How the runs of one check become its verdict.
///
/// The first run is the verdict at once, and so is the first after what was known became too old.
/// Afterwards runs worse than the verdict count towards `fail_after` and better ones towards
/// `pass_after`; a run at the verdict's level, or on its other side, starts the count anew. A full
/// count moves the verdict to what all its runs have in common: the mildest of them downwards, the
/// worst of them upwards.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    held: Held,
    streak: Option<Streak>,
    fail_after: u32,
    pass_after: u32,
}

/// What a check is held to be.
#[derive(Clone, Copy, Debug)]
enum Held {
    /// It was never judged, and the first outcome is the verdict at once.
    Nothing,
    /// It was never judged, and counts as healthy, so that the first failures have to add up too.
    PresumedHealthy,
    Verdict(Verdict),
    /// What was held became too old, and is forgotten.
    Forgotten,
}

/// Runs in a row on one side of the verdict.
#[derive(Clone, Copy, Debug)]
struct Streak {
    worse: bool,
    runs: u32,
    in_common: Verdict,
}

impl Judgement {
    pub(crate) fn new(class: Class, schedule: &Schedule) -> Judgement {
        Judgement {
            held: match class {
                Class::Liveness => Held::PresumedHealthy,
                Class::Critical | Class::Degraded | Class::Startup => Held::Nothing,
            },
            streak: None,
            fail_after: schedule.fail_after,
            pass_after: schedule.pass_after,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.held {
            Held::Nothing | Held::PresumedHealthy => Verdict::PENDING,
            Held::Verdict(verdict) => verdict,
            Held::Forgotten => Verdict::STALE,
        }
    }

    /// Whether the next run should come soon: the verdict is about to change, or is not good.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.streak.is_some() || !self.verdict().is_healthy()
    }

    /// Counts what one run, or one missed slot, would make of the check by itself.
    pub(crate) fn count(&mut self, run: Verdict) {
        let level = match self.held {
            Held::Nothing | Held::Forgotten => return self.hold(run),
            Held::PresumedHealthy => Status::Healthy,
            Held::Verdict(verdict) => verdict.status,
        };
        if run.status == level {
            return self.hold(run);
        }
        let worse = run.status > level;
        let streak = match self.streak {
            Some(streak) if streak.worse == worse => streak.and(run),
            _ => Streak {
                worse,
                runs: 1,
                in_common: run,
            },
        };
        let needed = if worse {
            self.fail_after
        } else {
            self.pass_after
        };
        if streak.runs >= needed {
            self.hold(streak.in_common);
        } else {
            self.streak = Some(streak);
        }
    }

    /// Forgets what was held, because it is too old to mean anything.
    pub(crate) fn forget(&mut self) {
        // The next run is the verdict at once, and ends a count that had begun.
        self.held = Held::Forgotten;
    }

    fn hold(&mut self, verdict: Verdict) {
        self.held = Held::Verdict(verdict);
        self.streak = None;
    }
}

impl Streak {
    fn and(self, run: Verdict) -> Streak {
        let past = self.in_common;
        let moves = if self.worse {
            run.status <= past.status
        } else {
            run.status >= past.status
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
    use crate::declare::status::Reason;

    fn judgement(class: Class, fail_after: u32, pass_after: u32) -> Judgement {
        let options = Options {
            fail_after: Some(fail_after),
            pass_after: Some(pass_after),
            ..Options::NONE
        };
        Judgement::new(class, &Schedule::new(class, options).unwrap())
    }

    /// `h`ealthy, `d`egraded, `u`nhealthy, `-` unknown.
    fn run(letter: char) -> Verdict {
        match letter {
            'h' => Verdict::HEALTHY,
            'd' => Verdict::REPORTED,
            _ => Verdict::unhealthy(Reason::Failed),
        }
    }

    fn shown(verdict: Verdict) -> char {
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
            let mut after_run = |letter| {
                judgement.count(run(letter));
                shown(judgement.verdict())
            };
            let verdicts: String = runs.chars().map(&mut after_run).collect();
            assert_eq!(
                verdicts, expected,
                "{class} {fail_after}/{pass_after} {runs}"
            );
        }
    }

    /// The rule again, told the slow way: from all runs since the verdict was last set.
    fn oracle(
        class: Class,
        fail_after: usize,
        pass_after: usize,
        runs: &[Status],
    ) -> Option<Status> {
        let mut held = (class == Class::Liveness).then_some(Status::Healthy);
        let mut proven = None;
        let mut since: Vec<Status> = Vec::new();
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
        let letters = ['h', 'd', 'u'];
        let mut judged = 0;
        for class in [Class::Critical, Class::Liveness] {
            for (fail_after, pass_after) in
                (1..=4).flat_map(|fail| (1..=4).map(move |pass| (fail, pass)))
            {
                for sequence in 0..3_usize.pow(8) {
                    let runs: Vec<_> = (0..8)
                        .map(|place| run(letters[sequence / 3_usize.pow(place) % 3]))
                        .collect();
                    let mut judgement = judgement(class, fail_after, pass_after);
                    for run in &runs {
                        judgement.count(*run);
                    }
                    let runs: Vec<_> = runs.iter().map(|run| run.status).collect();
                    let expected = oracle(class, fail_after as usize, pass_after as usize, &runs);
                    let found = Some(judgement.verdict().status)
                        .filter(|status| *status != Status::Unknown);
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
        judgement.count(run('u'));
        judgement.count(run('h'));
        assert_eq!(
            judgement.verdict().reason,
            Some(Reason::Failed),
            "one pass is not enough"
        );
        judgement.count(Verdict::unhealthy(Reason::Stuck));
        assert_eq!(judgement.verdict().reason, Some(Reason::Stuck));
    }

    #[test]
    fn doubt_begins_with_the_first_odd_run_and_ends_with_a_good_verdict() {
        let mut judgement = judgement(Class::Critical, 2, 1);
        assert!(judgement.is_in_doubt(), "nothing is known");
        judgement.count(run('h'));
        assert!(!judgement.is_in_doubt());
        judgement.count(run('u'));
        assert!(judgement.is_in_doubt(), "one failure");
        judgement.count(run('h'));
        assert!(!judgement.is_in_doubt());
    }

    #[test]
    fn what_was_forgotten_comes_back_by_no_run_but_one_that_passed() {
        for class in [Class::Critical, Class::Liveness] {
            let mut judgement = judgement(class, 5, 3);
            judgement.count(run('h'));
            judgement.count(run('u'));
            judgement.forget();
            assert_eq!(judgement.verdict(), Verdict::STALE);
            assert!(judgement.is_in_doubt());
            judgement.count(run('u'));
            assert_eq!(judgement.verdict(), run('u'), "{class}: at once");
            judgement.forget();
            judgement.count(run('h'));
            assert_eq!(judgement.verdict(), run('h'), "{class}: at once");
        }
    }
}
