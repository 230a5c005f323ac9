use std::time::{Duration, Instant};

use super::launch::Launcher;
use crate::judge::facts::Stall;

/// Watches whether the application's runtime still runs tasks, in lived time.
#[derive(Debug)]
pub(crate) struct RuntimeWatch {
    limit: Duration,
    /// When it was asked to run a task that it has not run yet.
    asked: Option<Instant>,
    stall: Stall,
}

/// An instance whose runtime has run no task for this long gets no traffic.
const STALLED: Duration = Duration::from_secs(3);

impl RuntimeWatch {
    pub(crate) fn new(limit: Duration) -> RuntimeWatch {
        RuntimeWatch {
            limit,
            asked: None,
            stall: Stall::Runs,
        }
    }

    /// Looks at the task that is out, or asks for one; returns how long it has been out.
    ///
    /// While polls of ours hold all workers the stall is charged to their checks, and not to the
    /// application: `last_held` is the last moment in which they did.
    pub(crate) fn look(
        &mut self,
        now: Instant,
        last_held: Option<Instant>,
        launcher: &Launcher,
    ) -> Option<Duration> {
        let Some(asked) = self.asked else {
            self.asked = launcher.ping().then_some(now);
            return None;
        };
        let unexplained_from = last_held.map_or(asked, |held| held.max(asked));
        let out = now.saturating_duration_since(asked);
        self.stall = if now.saturating_duration_since(unexplained_from) > self.limit {
            Stall::Dead
        } else if out > STALLED.min(self.limit) {
            Stall::Stalled
        } else {
            Stall::Runs
        };
        Some(out)
    }

    /// The runtime ran the task that it was asked to; returns when that was.
    pub(crate) fn ran(&mut self) -> Option<Instant> {
        self.stall = Stall::Runs;
        self.asked.take()
    }

    pub(crate) fn stall(&self) -> Stall {
        self.stall
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::clock::Clock;
    use crate::monitor::Place;

    /// How a runtime stands that was asked at 100 s and did not answer: at a time in seconds and
    /// nanoseconds, where polls of ours last held all workers at another.
    fn stall(limit: u64, held: Option<u64>, (secs, nanos): (u64, u32)) -> Stall {
        let (events, _news) = mpsc::unbounded_channel();
        let launcher = Launcher::new(Place::test(), Clock::Tokio, events, None);
        let begin = Clock::Tokio.now();
        let at = |secs| begin + Duration::from_secs(secs);
        let (asked, now) = (at(100), begin + Duration::new(secs, nanos));
        let mut watch = RuntimeWatch::new(Duration::from_secs(limit));
        assert_eq!(watch.look(asked, None, &launcher), None);
        assert_eq!(watch.look(now, held.map(at), &launcher), Some(now - asked));
        let stall = watch.stall();
        assert_eq!((watch.ran(), watch.stall()), (Some(asked), Stall::Runs));
        stall
    }

    #[tokio::test(start_paused = true)]
    async fn a_runtime_is_stalled_after_three_seconds_and_dead_behind_its_limit() {
        let table = [
            (10, None, (103, 0), Stall::Runs),
            (10, None, (103, 1), Stall::Stalled),
            (10, None, (110, 0), Stall::Stalled),
            (10, None, (110, 1), Stall::Dead),
            (10, Some(105), (115, 0), Stall::Stalled),
            (10, Some(105), (115, 1), Stall::Dead),
            (10, Some(50), (110, 1), Stall::Dead),
            (2, None, (102, 0), Stall::Runs),
            (2, None, (102, 1), Stall::Dead),
        ];
        for (limit, held, at, expected) in table {
            let found = stall(limit, held, at);
            assert_eq!(found, expected, "{limit} s, {held:?}, {at:?}");
        }
    }
}
