use std::sync::{Arc, OnceLock};

use crate::judge::facts::{Facts, Seen};
use crate::judge::liveness::Liveness;
use crate::judge::readiness::Readiness;
use crate::judge::startup::Startup;
use crate::judge::{Judged, judge};

/// What the monitor knew at one moment, and what follows from it; never changed after it was published.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) facts: Facts,
    /// What follows for a reader who sees no more than the monitor.
    plain: View,
    /// What follows for those who do, by what they see; judged for the first of them.
    ahead: [OnceLock<Box<View>>; Seen::COUNT - 1],
}

/// The answers to one kind of reader: judged, and written out in full for the first who asks.
#[derive(Debug)]
pub(crate) struct View {
    seen: Seen,
    pub(crate) judged: Judged,
    liveness: OnceLock<Arc<Liveness>>,
    readiness: OnceLock<Arc<Readiness>>,
    startup: OnceLock<Arc<Startup>>,
    features: Box<[OnceLock<Arc<Readiness>>]>,
}

impl Snapshot {
    pub(crate) fn new(facts: Facts) -> Snapshot {
        Snapshot {
            plain: View::new(&facts, Seen::default()),
            ahead: Default::default(),
            facts,
        }
    }

    /// The answers for who sees this much.
    pub(crate) fn view(&self, seen: Seen) -> &View {
        match seen.index().checked_sub(1) {
            None => &self.plain,
            Some(index) => self.ahead[index].get_or_init(|| Box::new(View::new(&self.facts, seen))),
        }
    }

    pub(crate) fn liveness(&self, seen: Seen) -> &Arc<Liveness> {
        let view = self.view(seen);
        view.liveness
            .get_or_init(|| Arc::new(Liveness::new(&self.facts, view.seen, view.judged.liveness)))
    }

    pub(crate) fn readiness(&self, seen: Seen) -> &Arc<Readiness> {
        let view = self.view(seen);
        view.readiness.get_or_init(|| {
            Arc::new(Readiness::new(
                &self.facts,
                view.seen,
                view.judged.readiness,
            ))
        })
    }

    pub(crate) fn startup(&self, seen: Seen) -> &Arc<Startup> {
        let view = self.view(seen);
        view.startup
            .get_or_init(|| Arc::new(Startup::new(&self.facts, view.seen, view.judged.startup)))
    }

    /// The readiness of the feature of this index.
    pub(crate) fn feature(&self, seen: Seen, index: usize) -> &Arc<Readiness> {
        let view = self.view(seen);
        view.features[index].get_or_init(|| {
            let feature = &self.facts.checks.features[index];
            let judged = view.judged.features[index];
            Arc::new(Readiness::of_feature(
                feature,
                &self.facts,
                view.seen,
                judged,
            ))
        })
    }
}

impl View {
    fn new(facts: &Facts, seen: Seen) -> View {
        View {
            seen,
            judged: judge(facts, seen),
            liveness: OnceLock::new(),
            readiness: OnceLock::new(),
            startup: OnceLock::new(),
            features: facts
                .checks
                .features
                .iter()
                .map(|_| OnceLock::new())
                .collect(),
        }
    }
}
