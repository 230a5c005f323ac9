//! The application's runtime: whether it still runs tasks.

use std::time::Duration;

/// Readiness does not wait for the stall limit.
const READY_LIMIT: Duration = Duration::from_secs(3);

/// For which of the answers the runtime is stalled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stall {
    pub(crate) for_readiness: bool,
    pub(crate) for_liveness: bool,
}

/// Returns what a look at `now` finds, if a ping is out since `sent`.
pub(crate) fn stall(
    sent: Option<Duration>,
    last_held_by_ours: Option<Duration>,
    now: Duration,
    stall_limit: Duration,
) -> Stall {
    let Some(sent) = sent else {
        return Stall::default();
    };
    // As long as our own polls hold every worker, they are why nothing else runs.
    let unexplained_since = last_held_by_ours.map_or(sent, |held| held.max(sent));
    let for_liveness = now.saturating_sub(unexplained_since) > stall_limit;
    Stall {
        for_liveness,
        for_readiness: now.saturating_sub(sent) > READY_LIMIT.min(stall_limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_polls_do_not_explain_fails_liveness() {
        let secs = |secs| Some(Duration::from_secs(secs));
        for (sent, held, now, limit, for_readiness, for_liveness) in [
            (None, None, 90, 30, false, false),
            (secs(10), None, 13, 30, false, false),
            (secs(10), None, 14, 30, true, false),
            (secs(10), None, 40, 30, true, false),
            (secs(10), None, 41, 30, true, true),
            (secs(10), secs(5), 41, 30, true, true),
            (secs(10), secs(41), 41, 30, true, false),
            (secs(10), secs(12), 42, 30, true, false),
            (secs(10), secs(12), 43, 30, true, true),
            (secs(10), None, 13, 2, true, true),
            (secs(10), secs(13), 13, 2, true, false),
        ] {
            let stall = stall(
                sent,
                held,
                Duration::from_secs(now),
                Duration::from_secs(limit),
            );
            let expected = Stall {
                for_readiness,
                for_liveness,
            };
            assert_eq!(stall, expected, "{sent:?}, {held:?}, {now}, {limit}");
        }
    }
}
