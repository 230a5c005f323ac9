//! Which polls of async runs hold a worker, and whose clocks stand still meanwhile.

use std::time::Duration;

/// No deadline could be missed for less.
const SHORTEST_HOLD: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(crate) struct Polls {
    workers: usize,
    /// Checks whose run was being polled before the first of `events`.
    before: Vec<usize>,
    events: Vec<Event>,
}

#[derive(Clone, Copy, Debug)]
struct Event {
    at: Duration,
    check: usize,
    begins: bool,
}

impl Polls {
    pub(crate) fn new(workers: usize) -> Polls {
        Polls {
            workers,
            before: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Notes a poll of the check's run that begins at a lived time.
    pub(crate) fn begins(&mut self, check: usize, at: Duration) {
        self.note(check, at, true);
    }

    /// Notes that no poll of the check's run is in progress any more.
    pub(crate) fn ends(&mut self, check: usize, at: Duration) {
        self.note(check, at, false);
    }

    /// Returns how long, from `since` until `until`, all workers were held by polls of other runs.
    pub(crate) fn stood_still(&self, check: usize, since: Duration, until: Duration) -> Duration {
        let holds = self.holds(until);
        let mut stood = Duration::ZERO;
        self.walk(until, |polled, from, to| {
            let is_of_a_hold = holds
                .iter()
                .any(|(begin, end)| *begin <= from && to <= *end);
            if is_of_a_hold && polled.len() >= self.workers && !polled.contains(&check) {
                stood += to.saturating_sub(from.max(since));
            }
        });
        stood
    }

    /// Returns the times in which polls of ours held all workers. One that has ended before it lasted a
    /// millisecond is none.
    fn holds(&self, until: Duration) -> Vec<(Duration, Duration)> {
        let mut holds = Vec::new();
        let mut since: Option<Duration> = None;
        self.walk(until, |polled, from, to| {
            let is_held = polled.len() >= self.workers;
            match since {
                None if is_held => since = Some(from),
                Some(begin) if !is_held => {
                    since = None;
                    if from.saturating_sub(begin) >= SHORTEST_HOLD {
                        holds.push((begin, from));
                    }
                }
                _ => {}
            }
            if is_held && to == until {
                // It goes on.
                holds.extend(since.map(|begin| (begin, until)));
                since = None;
            }
        });
        holds
    }

    /// Whether all workers are held by polls of other runs now.
    pub(crate) fn stands_still(&self, check: usize) -> bool {
        let polled = self.in_progress();
        polled.len() >= self.workers && !polled.contains(&check)
    }

    /// Returns the last moment until `now` in which polls of ours held all workers.
    pub(crate) fn last_held(&self, now: Duration) -> Option<Duration> {
        self.holds(now).last().map(|(_, end)| *end)
    }

    /// Forgets what was before `since`, which nobody will ask for again.
    pub(crate) fn forget_before(&mut self, since: Duration) {
        let old = self.events.partition_point(|event| event.at < since);
        // Rarely, because every check asks.
        if old > 64 {
            for event in self.events.drain(..old).collect::<Vec<_>>() {
                apply(&mut self.before, event);
            }
        }
    }

    fn note(&mut self, check: usize, at: Duration, begins: bool) {
        self.events.push(Event { at, check, begins });
    }

    fn in_progress(&self) -> Vec<usize> {
        let mut polled = self.before.clone();
        for event in &self.events {
            apply(&mut polled, *event);
        }
        polled
    }

    /// Calls `stretch` with the polls in progress from one instant to the next.
    fn walk(&self, until: Duration, mut stretch: impl FnMut(&[usize], Duration, Duration)) {
        let mut polled = self.before.clone();
        let mut from = Duration::ZERO;
        for event in &self.events {
            let at = event.at.min(until);
            stretch(&polled, from, at);
            apply(&mut polled, *event);
            from = at;
        }
        stretch(&polled, from, until);
    }
}

fn apply(polled: &mut Vec<usize>, event: Event) {
    polled.retain(|check| *check != event.check);
    if event.begins {
        polled.push(event.check);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn only_all_workers_held_by_others_stop_a_clock() {
        let mut polls = Polls::new(2);
        polls.begins(0, ms(100));
        polls.begins(1, ms(200));
        polls.ends(0, ms(500));
        polls.begins(2, ms(600));
        for (check, since, until, stood) in [
            (3, 0, 200, 0),
            (3, 0, 300, 100),
            (3, 400, 550, 100),
            (3, 0, 700, 400),
            (0, 0, 700, 100),
            (1, 0, 700, 0),
        ] {
            assert_eq!(
                polls.stood_still(check, ms(since), ms(until)),
                ms(stood),
                "check {check} from {since} until {until}"
            );
        }
        assert!(polls.stands_still(3) && !polls.stands_still(2));
        assert_eq!(polls.last_held(ms(800)), Some(ms(800)));
        polls.ends(1, ms(700));
        assert_eq!(polls.last_held(ms(800)), Some(ms(700)));
    }
}
