use std::fmt;
use std::sync::Arc;

use crate::Feature;
use crate::builder::Builder;
use crate::changes::Changes;
use crate::liveness::Liveness;
use crate::readiness::Readiness;
use crate::report::Report;
use crate::shared::Shared;
use crate::startup::Startup;

/// A running set of checks, and the answers that follow from them.
///
/// A cheap handle: clones speak of the same service. Checks run until the last handle is dropped.
/// Reading an answer runs nothing and waits for nothing.
///
/// ```
/// use health_core::Health;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// println!("{}", health.readiness().status.as_str());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Health {
    pub(crate) shared: Arc<Shared>,
}

impl Health {
    /// Begins a service's health.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Would a restart help this process?
    pub fn liveness(&self) -> Arc<Liveness> {
        Arc::clone(&self.shared.answers(|snapshot| snapshot.liveness_limit).liveness)
    }

    /// May this instance get traffic?
    pub fn readiness(&self) -> Arc<Readiness> {
        Arc::clone(&self.shared.answers(|snapshot| snapshot.readiness_limit).readiness)
    }

    /// May it get traffic for this feature? One that no check is needed by is as ready as the service.
    pub fn readiness_of(&self, feature: Feature) -> Arc<Readiness> {
        let answers = self.shared.answers(|snapshot| snapshot.readiness_limit);
        match answers.features.get(feature.name()) {
            Some(readiness) => Arc::clone(readiness),
            None => Arc::new(Readiness { feature: Some(feature), ..(*answers.readiness).clone() }),
        }
    }

    /// The feature of this name, if a check is needed by it.
    pub fn feature(&self, name: &str) -> Option<Feature> {
        self.shared.snapshot().answers.features.get(name).and_then(|readiness| readiness.feature)
    }

    /// Has this process started?
    pub fn startup(&self) -> Arc<Startup> {
        Arc::clone(&self.shared.snapshot().answers.startup)
    }

    /// Everything that is known: private, for the people who run the service.
    pub fn deep(&self) -> Report {
        self.shared.report()
    }

    /// Follows the changes of verdict from now on.
    pub fn subscribe(&self) -> Changes {
        Changes::new(self.shared.changes.subscribe())
    }

    /// Declares that only a restart can help: from now on this process is not alive.
    ///
    /// `reason` is private: `/health/deep` and the log show it.
    pub fn declare_broken(&self, reason: impl Into<String>) {
        self.shared.declare_broken(reason.into());
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("readiness", &self.readiness().status).finish_non_exhaustive()
    }
}
