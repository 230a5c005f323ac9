use std::fmt;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::Feature;
use crate::board::Board;
use crate::builder::Builder;
use crate::changes::Changes;
use crate::declare::name;
use crate::engine::Event;
use crate::heartbeat::{Heartbeat, HeartbeatError};
use crate::liveness::Liveness;
use crate::readiness::Readiness;
use crate::redact::redacted;
use crate::report::Report;
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
        Arc::clone(&self.shared.board.answers(|limits| limits.liveness).liveness)
    }

    /// May this instance get traffic?
    pub fn readiness(&self) -> Arc<Readiness> {
        Arc::clone(
            &self
                .shared
                .board
                .answers(|limits| limits.readiness)
                .readiness,
        )
    }

    /// May it get traffic for this feature? One that no check is needed by is as ready as the service.
    pub fn readiness_of(&self, feature: Feature) -> Arc<Readiness> {
        let answers = self.shared.board.answers(|limits| limits.readiness);
        match answers.features.get(feature.name()) {
            Some(readiness) => Arc::clone(readiness),
            None => Arc::new(Readiness {
                feature: Some(feature),
                ..(*answers.readiness).clone()
            }),
        }
    }

    /// The features that a check is needed by, by name. They do not change after the start.
    pub fn features(&self) -> Vec<Feature> {
        let answers = self.shared.board.answers(|limits| limits.readiness);
        answers
            .features
            .values()
            .filter_map(|readiness| readiness.feature)
            .collect()
    }

    /// The feature of this name, if a check is needed by it.
    pub fn feature(&self, name: &str) -> Option<Feature> {
        let answers = self.shared.board.answers(|limits| limits.readiness);
        answers.features.get(name)?.feature
    }

    /// Has this process started?
    pub fn startup(&self) -> Arc<Startup> {
        Arc::clone(&self.shared.board.answers(|limits| limits.readiness).startup)
    }

    /// Everything that is known: private, for the people who run the service.
    pub fn deep(&self) -> Report {
        Report::of(&self.shared.board)
    }

    /// Follows the changes of verdict from now on.
    pub fn subscribe(&self) -> Changes {
        Changes::new(self.shared.board.changes.subscribe())
    }

    /// Declares that only a restart can help: from now on this process is not alive.
    ///
    /// `reason` is private: `/health/deep` and the log show it.
    pub fn declare_broken(&self, reason: impl AsRef<str>) {
        self.shared.tell(Event::Broken(redacted(reason.as_ref())));
    }

    /// Watches part of the process: it must [`beat`](Heartbeat::beat) at least every `max_gap`, or
    /// the process is not alive. What is seen of a beat is up to 250 ms late, in its favour.
    ///
    /// # Errors
    ///
    /// When the name is not `[a-z][a-z0-9_-]*` of at most 63 bytes, when the gap is zero, and while
    /// another heartbeat of this name beats.
    pub fn heartbeat(&self, name: &str, max_gap: Duration) -> Result<Heartbeat, HeartbeatError> {
        let board = &self.shared.board;
        if !name::is_valid(name) {
            return Err(HeartbeatError::bad_name(name));
        }
        if max_gap.is_zero() {
            return Err(HeartbeatError::no_gap(name));
        }
        let mut heartbeats = board
            .heartbeats
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = heartbeats.get(name).and_then(Weak::upgrade) {
            if before.is_beating() {
                return Err(HeartbeatError::taken(name));
            }
            before.retire();
        }
        let (heartbeat, cell) = Heartbeat::new(name, max_gap, board.clock);
        // Now and then, so that names which are gone cost neither memory nor much time.
        if heartbeats.len().is_power_of_two() {
            heartbeats.retain(|_, cell| cell.strong_count() > 0);
        }
        heartbeats.insert(Arc::clone(&cell.name), Arc::downgrade(&cell));
        self.shared.tell(Event::Heartbeat(cell));
        Ok(heartbeat)
    }
}

/// What the handles of one service share; the monitor ends with it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) board: Arc<Board>,
    pub(crate) events: UnboundedSender<Event>,
}

impl Shared {
    pub(crate) fn tell(&self, event: Event) {
        // A monitor that has ended needs no news.
        let _ = self.events.send(event);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tell(Event::Closed);
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("readiness", &self.readiness().status)
            .finish_non_exhaustive()
    }
}
