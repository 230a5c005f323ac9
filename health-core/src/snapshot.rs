use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::Feature;
use crate::engine::Record;
use crate::heartbeat::HeartbeatCell;
use crate::liveness::{Liveness, liveness};
use crate::readiness::{Readiness, readiness, readiness_of};
use crate::registry::Registered;
use crate::report::Process;
use crate::service::Service;
use crate::startup::{Startup, startup};
use crate::task::TaskCell;
use crate::verdict::Verdict;

/// All that readers see: finished, and never changed after it was published.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) answers: Variants,
    /// How long the monitor may be silent before readiness, and before liveness, says so.
    pub(crate) limits: Limits,
    pub(crate) private: Private,
}

/// The facts, and what follows from them; judged anew only where the facts are others.
#[derive(Debug)]
pub(crate) struct Judged {
    service: Service,
    answers: Variants,
}

/// The answers, by what a reader sees earlier than the monitor can tell: that the monitor itself has
/// fallen silent, and that draining has begun.
#[derive(Clone, Debug)]
pub(crate) struct Variants([Arc<Answers>; 4]);

/// The public answers; each is shared with the snapshot before, if nothing in it changed.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) liveness: Arc<Liveness>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) startup: Arc<Startup>,
    pub(crate) features: BTreeMap<&'static str, Arc<Readiness>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) readiness: Duration,
    pub(crate) liveness: Duration,
}

/// What only the deep answer shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Private {
    pub(crate) checks: Vec<CheckView>,
    pub(crate) heartbeats: Vec<(Arc<HeartbeatCell>, Verdict)>,
    pub(crate) tasks: Vec<Arc<TaskCell>>,
    pub(crate) broken: Option<Arc<str>>,
    pub(crate) lag: Option<Duration>,
    pub(crate) process: Process,
}

#[derive(Clone, Debug)]
pub(crate) struct CheckView {
    pub(crate) registered: Arc<Registered>,
    pub(crate) verdict: Verdict,
    pub(crate) record: Arc<Record>,
}

impl Judged {
    pub(crate) fn new(service: Service) -> Judged {
        let answers = Variants::judge(&service, None);
        Judged { service, answers }
    }

    /// Judges anew where the facts are others now.
    pub(crate) fn update(&mut self, service: Service) {
        if self.service != service {
            self.answers = Variants::judge(&service, Some(&self.answers));
            self.service = service;
        }
    }

    pub(crate) fn snapshot(&self, limits: Limits, private: Private) -> Snapshot {
        let answers = self.answers.clone();
        Snapshot {
            answers,
            limits,
            private,
        }
    }
}

impl Variants {
    pub(crate) fn get(&self, silent: bool, draining: bool) -> &Arc<Answers> {
        &self.0[usize::from(silent) + 2 * usize::from(draining)]
    }

    fn judge(service: &Service, before: Option<&Variants>) -> Variants {
        Variants(std::array::from_fn(|variant| {
            let seen = Service {
                silent: variant & 1 != 0,
                draining: service.draining || variant & 2 != 0,
                ..service.clone()
            };
            Answers::judge(&seen, before.map(|before| &before.0[variant]))
        }))
    }
}

impl Answers {
    fn judge(service: &Service, before: Option<&Arc<Answers>>) -> Arc<Answers> {
        let features: BTreeMap<_, Feature> = service
            .checks
            .iter()
            .flat_map(|held| held.needed_by.iter())
            .map(|f| (f.name(), *f))
            .collect();
        let feature_before = |name| before.and_then(|before| before.features.get(name));
        Arc::new(Answers {
            liveness: unless_same(liveness(service), before.map(|before| &before.liveness)),
            readiness: unless_same(readiness(service), before.map(|before| &before.readiness)),
            startup: unless_same(startup(service), before.map(|before| &before.startup)),
            features: features
                .into_iter()
                .map(|(name, feature)| {
                    (
                        name,
                        unless_same(readiness_of(feature, service), feature_before(name)),
                    )
                })
                .collect(),
        })
    }
}

/// The same answer stays the same value, so that what was rendered of it can be served again.
fn unless_same<T: PartialEq>(now: T, before: Option<&Arc<T>>) -> Arc<T> {
    match before {
        Some(before) if **before == now => Arc::clone(before),
        _ => Arc::new(now),
    }
}
