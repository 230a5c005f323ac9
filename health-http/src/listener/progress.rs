use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
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
    /// The client is to leave, and has not closed.
    Leaving,
}

impl Progress {
    /// A connection that was just made.
    pub(super) fn new() -> Progress {
        Progress(Mutex::new(Standing::now(Phase::Asking)))
    }

    pub(super) fn standing(&self) -> Standing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how far it is now; nothing is said of one that is leaving.
    pub(super) fn stands(&self, now: Standing) {
        let mut standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if standing.phase != Phase::Leaving {
            *standing = now;
        }
    }

    /// Goes to another phase, if it is not in it already.
    pub(super) fn enters(&self, phase: Phase) {
        if self.standing().phase != phase {
            self.stands(Standing::now(phase));
        }
    }
}

impl Standing {
    pub(super) fn now(phase: Phase) -> Standing {
        let since = Instant::now();
        Standing { phase, since }
    }

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

/// Who makes connections, as far as an address tells: somebody who has one IPv6 address has all of its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin(Option<IpAddr>);

impl Origin {
    /// Whose address this is; all who come over Unix sockets are one.
    pub(super) fn of(peer: Option<SocketAddr>) -> Origin {
        const NETWORK: u128 = u128::MAX << 64;
        Origin(peer.map(|peer| match peer.ip().to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                Ipv6Addr::from_bits(address.to_bits() & NETWORK).into()
            }
            address => address,
        }))
    }
}

/// Which of these connections must go for a new one: of those who have most, the one that has waited longest for a
/// request.
///
/// All that wait are in one line, so that nobody can hold all places but one and have the newcomers push each
/// other out of that. For the same reason those that take their answers slowly have at most half of the places.
pub(super) fn first_to_go<Id: Copy>(
    connections: impl Iterator<Item = (Id, Origin, Standing)>,
) -> Option<Id> {
    let connections: Vec<_> = connections.collect();
    let mut counts = HashMap::new();
    for (_, origin, _) in &connections {
        *counts.entry(*origin).or_insert(0) += 1;
    }
    let most = *counts.values().max()?;
    let theirs = connections.into_iter().filter(|it| counts[&it.1] == most);
    let (slow, waiting): (Vec<_>, Vec<_>) =
        theirs.partition(|(.., standing)| standing.phase == Phase::Answering);
    let line = if slow.len() > waiting.len() {
        slow
    } else {
        waiting
    };
    let first = line.into_iter().min_by_key(|(.., standing)| standing.since);
    first.map(|(id, ..)| id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Phase::{Answering, Asking, Idle, Leaving};
    use super::*;

    fn origin(address: &str) -> Origin {
        Origin::of(Some(SocketAddr::new(address.parse().unwrap(), 1)))
    }

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
            let connections = standings
                .enumerate()
                .map(|(id, standing)| (id, Origin::of(None), standing));
            assert_eq!(first_to_go(connections), Some(expected));
        }
        assert_eq!(first_to_go::<u8>([].into_iter()), None);
    }

    #[test]
    fn those_who_have_most_make_room_first() {
        let start = Instant::now();
        for (origins, expected) in [
            (&["10.0.0.1", "10.0.0.2", "10.0.0.2"][..], 1),
            (&["10.0.0.1", "10.0.0.2", "10.0.0.3"], 0),
            (&["10.0.0.1", "10.0.0.2", "::ffff:10.0.0.2"], 1),
            (&["10.0.0.1", "fd00::1", "fd00::2"], 1),
            (&["fd00::1", "fd00:0:0:1::1", "fd00:0:0:1::2"], 1),
            (&["::2", "::1", "::1"], 1),
        ] {
            let connections = origins.iter().enumerate().map(|(id, address)| {
                let since = start + Duration::from_secs(id as u64);
                let phase = Asking;
                (id, origin(address), Standing { phase, since })
            });
            assert_eq!(first_to_go(connections), Some(expected), "{origins:?}");
        }
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
    fn nobody_gains_time_by_going_where_he_is() {
        let progress = Progress::new();
        let first = progress.standing();
        progress.enters(Asking);
        assert_eq!(progress.standing(), first);
        progress.enters(Answering);
        assert_eq!(progress.standing().phase, Answering);
    }

    #[test]
    fn who_is_to_leave_does_not_come_back() {
        let progress = Progress::new();
        progress.enters(Leaving);
        let standing = progress.standing();
        progress.enters(Idle);
        progress.stands(Standing::now(Answering));
        assert_eq!(progress.standing(), standing);
    }
}
