use std::collections::BTreeMap;
use std::sync::Arc;

use super::task::Task;
use super::verdict::{Verdict, Verdicts};
use crate::declare::class::Class;
use crate::declare::described::Described;
use crate::declare::feature::Feature;

/// All that the answers are judged from.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) checks: Arc<Checks>,
    /// By the index of the check.
    pub(crate) verdicts: Box<[Verdict]>,
    /// By name.
    pub(crate) heartbeats: Arc<[(Arc<str>, Verdict)]>,
    /// In the order of declaration.
    pub(crate) tasks: Arc<[(Arc<str>, Task)]>,
    /// Latched: stays once it was true.
    pub(crate) started: bool,
    /// Latched.
    pub(crate) draining: bool,
    /// Latched.
    pub(crate) broken: bool,
    pub(crate) stall: Stall,
}

/// Whether the application's runtime runs tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stall {
    #[default]
    Runs,
    /// For so long that no traffic should come.
    Stalled,
    /// For so long, and without a check that explains it, that only a restart helps.
    Dead,
}

/// What readers see earlier than the monitor can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The monitor has been silent for too long.
    pub(crate) silent: bool,
    pub(crate) draining: bool,
    pub(crate) broken: bool,
}

/// The checks and features of a service, which do not change after its start.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// In the order of declaration.
    pub(crate) list: Box<[Described]>,
    /// Indices in the list, by class and then by name.
    by_class: [Box<[usize]>; 4],
    /// By name.
    pub(crate) features: Box<[FeatureFacts]>,
}

/// A feature that at least one check is needed by.
#[derive(Debug)]
pub(crate) struct FeatureFacts {
    pub(crate) feature: Feature,
    /// Indices of the checks that it needs, by name.
    pub(crate) needs: Box<[usize]>,
}

impl Seen {
    /// How many there are.
    pub(crate) const COUNT: usize = 8;

    /// The number of this one among all; that of nothing seen is 0.
    pub(crate) fn index(self) -> usize {
        usize::from(self.silent) + 2 * usize::from(self.draining) + 4 * usize::from(self.broken)
    }
}

impl Checks {
    pub(crate) fn new(list: Box<[Described]>) -> Checks {
        let mut by_name: Vec<usize> = (0..list.len()).collect();
        by_name.sort_by(|a, b| list[*a].name.cmp(&list[*b].name));
        let of_class = |class| {
            let indices = by_name.iter().copied();
            indices
                .filter(|index| list[*index].class == class)
                .collect()
        };
        let by_class = [
            Class::Critical,
            Class::Degraded,
            Class::Startup,
            Class::Liveness,
        ]
        .map(of_class);
        let mut needs: BTreeMap<&Feature, Vec<usize>> = BTreeMap::new();
        for index in by_name.iter().copied() {
            for feature in &list[index].needed_by {
                needs.entry(feature).or_default().push(index);
            }
        }
        let features = needs.into_iter().map(|(feature, mut needs)| {
            needs.dedup();
            FeatureFacts {
                feature: feature.clone(),
                needs: needs.into(),
            }
        });
        Checks {
            features: features.collect(),
            list,
            by_class,
        }
    }

    /// The indices of the checks of one class, by name.
    fn of_class(&self, class: Class) -> impl Iterator<Item = usize> + Clone {
        self.by_class[class as usize].iter().copied()
    }

    /// Returns the index of the feature of this name.
    pub(crate) fn feature(&self, name: &str) -> Option<usize> {
        let by_name = |facts: &FeatureFacts| facts.feature.name().cmp(name);
        self.features.binary_search_by(by_name).ok()
    }
}

impl Facts {
    pub(crate) fn new(checks: Arc<Checks>, tasks: Arc<[(Arc<str>, Task)]>) -> Facts {
        Facts {
            verdicts: vec![Verdict::PENDING; checks.list.len()].into(),
            checks,
            heartbeats: [].into(),
            tasks,
            started: false,
            draining: false,
            broken: false,
            stall: Stall::Runs,
        }
    }

    /// The verdict of a check: from a silent monitor nothing that is asked again is known any more.
    pub(crate) fn verdict(&self, index: usize, seen: Seen) -> Verdict {
        if seen.silent && self.checks.list[index].class != Class::Startup {
            Verdict::STALE
        } else {
            self.verdicts[index]
        }
    }

    /// The verdicts of one class.
    pub(crate) fn of_class(
        &self,
        class: Class,
        seen: Seen,
    ) -> impl Iterator<Item = Verdict> + Clone {
        let indices = self.checks.of_class(class);
        indices.map(move |index| self.verdict(index, seen))
    }

    /// The heartbeats and their verdicts, by name: a silent monitor hears none of them either.
    pub(crate) fn heartbeats(
        &self,
        seen: Seen,
    ) -> impl Iterator<Item = (&Arc<str>, Verdict)> + Clone {
        let heartbeats = self.heartbeats.iter();
        heartbeats.map(move |(name, verdict)| {
            let verdict = if seen.silent {
                Verdict::STALE
            } else {
                *verdict
            };
            (name, verdict)
        })
    }

    /// Names and verdicts of one class, by name.
    pub(crate) fn each(&self, class: Class) -> impl Iterator<Item = (&Arc<str>, Verdict)> {
        let indices = self.checks.of_class(class);
        indices.map(|index| (&self.checks.list[index].name, self.verdicts[index]))
    }

    /// The verdicts of those checks of a class that pass a test, with their names.
    pub(crate) fn named(
        &self,
        class: Class,
        seen: Seen,
        shown: impl Fn(usize) -> bool + Clone,
    ) -> Verdicts {
        let shown = self.checks.of_class(class).filter(|index| shown(*index));
        Verdicts::from_sorted(
            shown.map(|index| (&self.checks.list[index].name, self.verdict(index, seen))),
        )
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::panic::Location;

    use super::*;
    use crate::declare::check::Check;
    use crate::declare::outcome::Outcome;
    use crate::declare::schedule::Schedule;
    use crate::declare::work::Work;

    pub(crate) const SEARCH: Feature = Feature::new("search");

    /// The facts of a started service with these checks: class, verdict, whether search needs it.
    pub(crate) fn facts(checks: &[(Class, Verdict, bool)]) -> Facts {
        let described = |(n, (class, _, is_needed)): (usize, &(Class, Verdict, bool))| {
            let work = Work::blocking(Outcome::passed);
            let mut check = Check::of(
                format!("check_{n}").into(),
                *class,
                work,
                Location::caller(),
            );
            check.needed_by.extend(is_needed.then_some(SEARCH));
            let schedule = Schedule::new(*class, check.options).unwrap();
            Described::new(&check, schedule)
        };
        let list = checks.iter().enumerate().map(described);
        let known = Checks::new(list.collect());
        Facts {
            verdicts: checks.iter().map(|(_, verdict, _)| *verdict).collect(),
            started: true,
            ..Facts::new(Arc::new(known), [].into())
        }
    }

    #[test]
    fn features_come_by_name_with_the_checks_that_they_need() {
        let facts = facts(&[
            (Class::Critical, Verdict::HEALTHY, true),
            (Class::Degraded, Verdict::HEALTHY, false),
            (Class::Degraded, Verdict::HEALTHY, true),
        ]);
        assert_eq!(facts.checks.features.len(), 1);
        assert_eq!(*facts.checks.features[0].needs, [0, 2]);
        assert_eq!(
            (
                facts.checks.feature("search"),
                facts.checks.feature("other")
            ),
            (Some(0), None)
        );
    }

    #[test]
    fn the_checks_of_a_class_come_by_name_with_their_verdicts() {
        let facts = facts(&[
            (Class::Critical, Verdict::HEALTHY, false),
            (Class::Degraded, Verdict::HEALTHY, false),
            (Class::Critical, Verdict::STALE, false),
        ]);
        let each: Vec<_> = facts
            .each(Class::Critical)
            .map(|(name, verdict)| (&**name, verdict))
            .collect();
        assert_eq!(
            each,
            [("check_0", Verdict::HEALTHY), ("check_2", Verdict::STALE)]
        );
    }
}
