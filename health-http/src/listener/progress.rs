use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::limits::Limits;

/// How far a connection is, and since when.
#[derive(Debug)]
pub(super) struct Progress(Mutex<Standing>);

/// What a connection waits for, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) phase: Phase,
    pub(super) since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first request, or the rest of one that has begun, is to come.
    Asking,
    /// All requests that came are answered.
    Idle,
    /// A whole request has come, and its answer is not yet sent.
    Answering,
    /// The last answer is sent, and the client has not closed.
    Leaving,
}

impl Progress {
    /// A connection that was just made.
    pub(super) fn new() -> Progress {
        Progress(Mutex::new(Standing {
            phase: Phase::Asking,
            since: Instant::now(),
        }))
    }

    pub(super) fn standing(&self) -> Standing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Part of a request came.
    pub(super) fn received(&self) {
        self.pass(|phase| (phase == Phase::Idle).then_some(Phase::Asking));
    }

    /// A whole request came.
    pub(super) fn asked(&self) {
        self.pass(|_| Some(Phase::Answering));
    }

    /// All that was to be sent is sent.
    pub(super) fn sent(&self) {
        self.pass(|phase| (phase == Phase::Answering).then_some(Phase::Idle));
    }

    /// No more is to be read.
    pub(super) fn leaves(&self) {
        self.pass(|_| Some(Phase::Leaving));
    }

    fn pass(&self, next: impl FnOnce(Phase) -> Option<Phase>) {
        let mut standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(phase) = next(standing.phase) {
            let since = Instant::now();
            *standing = Standing { phase, since };
        }
    }
}

impl Standing {
    pub(super) fn is_overdue(self, now: Instant, limits: &Limits) -> bool {
        let limit = match self.phase {
            Phase::Asking => limits.asking,
            Phase::Idle => limits.idle,
            Phase::Answering => limits.answering,
            Phase::Leaving => limits.leaving,
        };
        now.saturating_duration_since(self.since) >= limit
    }
}

/// Which of these connections must go for a new one: the one that has waited longest for a request.
///
/// All that wait are in one line, so that nobody can hold all places but one and have the newcomers push each
/// other out of that. For the same reason those that take their answers slowly have at most half of the places.
pub(super) fn oldest<Id: Copy>(connections: impl Iterator<Item = (Id, Standing)>) -> Option<Id> {
    let (slow, waiting): (Vec<_>, Vec<_>) =
        connections.partition(|(_, standing)| standing.phase == Phase::Answering);
    let line = if slow.len() > waiting.len() {
        slow
    } else {
        waiting
    };
    let first = line.into_iter().min_by_key(|(_, standing)| standing.since);
    first.map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Phase::{Answering, Asking, Idle, Leaving};
    use super::*;

    #[test]
    fn the_oldest_without_a_whole_request_makes_room() {
        let start = Instant::now();
        let row: [(&[(Phase, u64)], usize); 6] = [
            (&[(Asking, 2), (Asking, 1), (Asking, 3)], 1),
            (&[(Answering, 1), (Asking, 2), (Asking, 3)], 1),
            (&[(Idle, 1), (Asking, 2), (Asking, 3)], 0),
            (&[(Asking, 2), (Leaving, 1), (Idle, 3)], 1),
            (&[(Answering, 2), (Answering, 1), (Asking, 3)], 1),
            (&[(Answering, 1)], 0),
        ];
        for (connections, expected) in row {
            let standings = connections.iter().map(|(phase, at)| Standing {
                phase: *phase,
                since: start + Duration::from_secs(*at),
            });
            assert_eq!(
                oldest(standings.enumerate()),
                Some(expected),
                "{connections:?}"
            );
        }
        assert_eq!(oldest::<u8>([].into_iter()), None);
    }

    #[test]
    fn each_phase_has_its_own_limit() {
        let limits = Limits::default();
        let since = Instant::now();
        for (phase, limit) in [(Asking, 5), (Idle, 75), (Answering, 10), (Leaving, 1)] {
            let standing = Standing { phase, since };
            let limit = Duration::from_secs(limit);
            let before = since + limit.saturating_sub(Duration::from_millis(1));
            assert!(!standing.is_overdue(before, &limits), "{phase:?}");
            assert!(standing.is_overdue(since + limit, &limits), "{phase:?}");
        }
    }

    #[test]
    fn a_connection_goes_through_its_phases() {
        let progress = Progress::new();
        let phase = || progress.standing().phase;
        let first = progress.standing();
        progress.received();
        progress.sent();
        // Nobody gains time by sending one byte after the other.
        assert_eq!(progress.standing(), first);
        progress.asked();
        assert_eq!(phase(), Answering);
        progress.received();
        assert_eq!(phase(), Answering, "the next request waits");
        progress.sent();
        assert_eq!(phase(), Idle);
        progress.received();
        assert_eq!(phase(), Asking);
        progress.leaves();
        assert_eq!(phase(), Leaving);
    }
}
