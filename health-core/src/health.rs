use std::borrow::Borrow;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::changes::Changes;
use crate::declare::feature::Feature;
use crate::declare::name;
use crate::heartbeat::{Heartbeat, HeartbeatError};
use crate::judge::liveness::Liveness;
use crate::judge::readiness::{Readiness, ReadinessStatus};
use crate::judge::startup::Startup;
use crate::monitor::Event;
use crate::published::Published;
use crate::published::answer::Answer;
use crate::redact::redacted;
use crate::report::Report;

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
/// println!("{}", health.readiness().status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Health {
    pub(crate) shared: Arc<Shared>,
}

/// What the handles of one service share; the monitor ends with it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) published: Arc<Published>,
    events: UnboundedSender<Event>,
}

impl Health {
    pub(crate) fn new(published: Arc<Published>, events: UnboundedSender<Event>) -> Health {
        Health {
            shared: Arc::new(Shared { published, events }),
        }
    }

    /// Returns whether this process should be restarted, and why.
    pub fn liveness(&self) -> Answer<Liveness> {
        self.shared.published.liveness()
    }

    /// Returns whether this instance should get traffic, and why not.
    pub fn readiness(&self) -> Answer<Readiness> {
        self.shared.published.readiness()
    }

    /// Returns whether this instance should get traffic for a feature, as in `readiness_of(SEARCH)`.
    ///
    /// One that no check is needed by is as ready as the service.
    pub fn readiness_of(&self, feature: impl Borrow<Feature>) -> Answer<Readiness> {
        self.shared.published.readiness_of(feature.borrow())
    }

    /// Returns the status alone of [`readiness_of`](Self::readiness_of): for what stands before every request.
    pub fn status_of(&self, feature: impl Borrow<Feature>) -> ReadinessStatus {
        self.shared.published.status_of(feature.borrow())
    }

    /// Returns whether this process has started, and what it waits for.
    pub fn startup(&self) -> Answer<Startup> {
        self.shared.published.startup()
    }

    /// Returns everything that is known: private, for the people who run the service.
    pub fn deep(&self) -> Report {
        Report::new(&self.shared.published)
    }

    /// Returns the features that a check is needed by, by name. They do not change after the start.
    pub fn features(&self) -> Vec<Feature> {
        let snapshot = self.shared.published.snapshot();
        let features = snapshot.facts.checks.features.iter();
        features.map(|facts| facts.feature.clone()).collect()
    }

    /// Returns the feature of this name, if a check is needed by it.
    pub fn feature(&self, name: &str) -> Option<Feature> {
        let snapshot = self.shared.published.snapshot();
        let checks = &snapshot.facts.checks;
        let index = checks.feature(name)?;
        Some(checks.features[index].feature.clone())
    }

    /// Returns the changes of all public answers from now on.
    pub fn subscribe(&self) -> Changes {
        Changes::new(&self.shared.published.changes)
    }

    /// Waits until the answers hold something, such as that the service is ready.
    ///
    /// Returns at once where it holds already, and when the service's health has ended. Everything that
    /// changes an answer is seen, also that the monitor has fallen silent.
    ///
    /// ```
    /// use health_core::{Health, ReadinessStatus};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut builder = Health::builder().allow_empty();
    /// let catalog = builder.startup_task("catalog");
    /// let health = builder.start()?;
    /// catalog.complete();
    /// health.wait_until(|health| health.readiness().status != ReadinessStatus::NotReady).await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_until(&self, mut holds: impl FnMut(&Health) -> bool) {
        let mut changed = self.shared.published.versions.clone();
        loop {
            changed.mark_unchanged();
            if holds(self) || changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits until the monitor publishes the next answers, of which at least one may be another one.
    ///
    /// Returns also when the service's health has ended. What readers see at the very call, such as that
    /// draining has begun, is published a moment later. To wait for more than one change without missing any, use [`subscribe`](Self::subscribe); to wait for a state, [`wait_until`](Self::wait_until).
    pub fn changed(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let mut changed = self.shared.published.versions.clone();
        changed.mark_unchanged();
        async move {
            // An error says that the monitor has ended.
            let _ = changed.changed().await;
        }
    }

    /// Declares that only a restart can help: from now on this process is not alive. Nothing undoes it.
    ///
    /// `reason` is private: `/health/deep` and the log show it. The first reason is kept.
    pub fn declare_broken(&self, reason: impl AsRef<str>) {
        let published = &self.shared.published;
        if published.broken().is_none() && published.break_with(redacted(reason.as_ref())) {
            self.shared.tell(Event::Latched);
        }
    }

    /// Begins to drain: readiness fails from now on. Nothing undoes it.
    pub fn drain(&self) {
        if self.shared.published.drain() {
            self.shared.tell(Event::Latched);
        }
    }

    /// Returns whether the service has begun to drain: one look at an atomic, for each request of the application.
    pub fn is_draining(&self) -> bool {
        self.shared.published.is_draining()
    }

    /// Watches part of the process: it must [`beat`](Heartbeat::beat) at least every `max_gap`, or
    /// the process is not alive. What is seen of a beat is up to 250 ms late, in its favour.
    ///
    /// # Errors
    ///
    /// When the name is not `[a-z][a-z0-9_-]*` of at most 63 bytes, when the gap is zero, and while
    /// another heartbeat of this name beats.
    pub fn heartbeat(&self, name: &str, max_gap: Duration) -> Result<Heartbeat, HeartbeatError> {
        let published = &self.shared.published;
        if !name::is_valid(name) {
            return Err(HeartbeatError::bad_name(name));
        }
        if max_gap.is_zero() {
            return Err(HeartbeatError::no_gap(name));
        }
        let heartbeats = published.heartbeats.lock();
        let mut heartbeats = heartbeats.unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = heartbeats.get(name).and_then(Weak::upgrade) {
            if before.is_beating() {
                return Err(HeartbeatError::taken(name));
            }
            before.retire();
        }
        let (heartbeat, cell) =
            Heartbeat::new(name, max_gap, published.clock, published.draining());
        // Now and then, so that names which are gone cost neither memory nor much time.
        if heartbeats.len().is_power_of_two() {
            heartbeats.retain(|_, cell| cell.strong_count() > 0);
        }
        heartbeats.insert(Arc::clone(&cell.name), Arc::downgrade(&cell));
        self.shared.tell(Event::Heartbeat(cell));
        Ok(heartbeat)
    }
}

impl Shared {
    fn tell(&self, event: Event) {
        // A monitor that has ended needs no news.
        let _ = self.events.send(event);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tell(Event::Closed);
    }
}

// Nobody sees a snapshot before it is finished, whoever panics.
impl UnwindSafe for Health {}
impl RefUnwindSafe for Health {}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("readiness", &self.readiness().status)
            .finish_non_exhaustive()
    }
}
