use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::time::LivedTime;

/// Which workers of the application's runtime are inside a poll of ours.
///
/// While polls hold every worker, neither the runtime's timers nor its sockets turn, so no other run can
/// go on: that time is charged to the runs that hold the workers, and to none of the others.
#[derive(Debug)]
pub(crate) struct Workers(Mutex<Polling>);

#[derive(Debug)]
struct Polling {
    workers: usize,
    /// Polls that have not returned.
    polls: usize,
    /// Since when they hold every worker.
    held_from: Option<Instant>,
    /// What ended since the monitor last looked.
    ended: Vec<Span>,
    /// Whether the monitor waits to hear that a worker is free.
    is_awaited: bool,
    /// Whether the runtime ran a task although they seem to hold every worker: a poll that blocks in place
    /// gives its worker away.
    is_refuted: bool,
}

/// A time from one instant to another.
type Span = (Instant, Instant);

/// A shorter hold is nothing that a deadline could be missed for.
const SHORTEST: Duration = Duration::from_millis(1);

impl Workers {
    pub(crate) fn new(workers: usize) -> Workers {
        Workers(Mutex::new(Polling {
            workers,
            polls: 0,
            held_from: None,
            ended: Vec::new(),
            is_awaited: false,
            is_refuted: false,
        }))
    }

    fn polling(&self) -> MutexGuard<'_, Polling> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The polls of one run.
#[derive(Debug)]
pub(crate) struct Polls {
    workers: Arc<Workers>,
    own: Mutex<Own>,
}

#[derive(Debug, Default)]
struct Own {
    began: Option<Instant>,
    /// Those that took long.
    long: Vec<Span>,
}

impl Polls {
    pub(crate) fn new(workers: Arc<Workers>) -> Polls {
        Polls {
            workers,
            own: Mutex::default(),
        }
    }

    /// A poll begins, and takes a worker.
    pub(crate) fn begin(&self, now: Instant) {
        self.own().began = Some(now);
        let mut polling = self.workers.polling();
        polling.polls += 1;
        if polling.polls >= polling.workers && !polling.is_refuted {
            polling.held_from.get_or_insert(now);
        }
    }

    /// The poll returns; says whether the monitor waits to hear that a worker is free.
    pub(crate) fn end(&self, now: Instant) -> bool {
        {
            let mut own = self.own();
            if let Some(began) = own.began.take()
                && now.saturating_duration_since(began) >= SHORTEST
            {
                own.long.push((began, now));
            }
        }
        let mut polling = self.workers.polling();
        polling.polls -= 1;
        if polling.polls >= polling.workers {
            return false;
        }
        polling.is_refuted = false;
        let Some(from) = polling.held_from.take() else {
            return false;
        };
        if now.saturating_duration_since(from) >= SHORTEST {
            polling.ended.push((from, now));
        }
        mem::take(&mut polling.is_awaited)
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When all workers were held, as the monitor knows it: in lived time.
#[derive(Debug)]
pub(crate) struct Holds {
    workers: Arc<Workers>,
    /// Oldest first.
    ended: VecDeque<Span>,
    held_from: Option<Instant>,
    /// With so many it is time to forget those that no run remembers.
    full: usize,
}

/// So many holds are remembered without a thought, and more than the other never.
const FEW: usize = 256;
const MOST: usize = 65_536;

impl Holds {
    pub(crate) fn new(workers: Arc<Workers>) -> Holds {
        Holds {
            workers,
            ended: VecDeque::new(),
            held_from: None,
            full: FEW,
        }
    }

    /// Looks at what the workers do.
    pub(crate) fn look(&mut self, time: &LivedTime) {
        let mut polling = self.workers.polling();
        self.held_from = polling.held_from.map(|from| time.lived(from));
        let ended = mem::take(&mut polling.ended);
        drop(polling);
        let ended = ended.into_iter();
        self.ended
            .extend(ended.map(|(from, to)| (time.lived(from), time.lived(to))));
    }

    /// The runtime ran a task that it was asked for at this time: whoever seems to have held all workers
    /// since before does not.
    pub(crate) fn refute(&mut self, asked: Instant) {
        if self.held_from.is_some_and(|from| from < asked) {
            let mut polling = self.workers.polling();
            polling.is_refuted = true;
            polling.held_from = None;
            self.held_from = None;
        }
    }

    /// Whether it is time to forget those that ended before the oldest run began.
    pub(crate) fn are_many(&self) -> bool {
        self.ended.len() > self.full
    }

    /// Forgets those that ended before this.
    pub(crate) fn forget_before(&mut self, oldest: Instant) {
        while let Some((_, to)) = self.ended.front()
            && (*to < oldest || self.ended.len() > MOST)
        {
            // The last one tells when the workers were last held.
            if self.ended.len() == 1 {
                break;
            }
            self.ended.pop_front();
        }
        self.full = (2 * self.ended.len()).clamp(FEW, MOST);
    }

    /// For how long between two instants the polls of other runs than this held every worker.
    pub(crate) fn by_others(&self, polls: &Polls, (from, to): Span, time: &LivedTime) -> Duration {
        let current = self.held_from.map(|held_from| (held_from, to));
        let holds = self.ended.iter().copied().chain(current);
        let holds: Vec<Span> = holds.filter_map(|hold| common(hold, (from, to))).collect();
        if holds.is_empty() {
            return Duration::ZERO;
        }
        let own = polls.own();
        let polled = own.long.iter().copied();
        let polled = polled.chain(own.began.map(|began| (began, time.on_clock(to))));
        let polled: Vec<Span> = polled
            .map(|(from, to)| (time.lived(from), time.lived(to)))
            .collect();
        drop(own);
        let length = |(from, to): Span| to.saturating_duration_since(from);
        let of_own = |hold: Span| polled.iter().filter_map(move |poll| common(*poll, hold));
        holds
            .iter()
            .map(|hold| length(*hold).saturating_sub(of_own(*hold).map(length).sum()))
            .sum()
    }

    /// Whether all workers are held now, and this run does not hold one of them.
    pub(crate) fn are_held_by_others(&self, polls: &Polls) -> bool {
        self.held_from.is_some() && polls.own().began.is_none()
    }

    /// The last moment in which all workers were held, seen from now.
    pub(crate) fn last(&self, now: Instant) -> Option<Instant> {
        let ended = self.ended.back().map(|(_, to)| *to);
        self.held_from.map(|_| now).or(ended)
    }

    /// Asks to be told when a worker is free; `false` when one is.
    pub(crate) fn is_to_be_awaited(&self) -> bool {
        let mut polling = self.workers.polling();
        polling.is_awaited = polling.held_from.is_some();
        polling.is_awaited
    }
}

fn common((from, to): Span, (since, until): Span) -> Option<Span> {
    let common = (from.max(since), to.min(until));
    (common.0 < common.1).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    /// Two runs on one worker: for how long the other one held it, seen from each.
    #[test]
    fn a_hold_is_charged_to_the_run_that_holds() {
        let time = LivedTime::new(Clock::System);
        let begin = time.now();
        let at = |millis| begin + Duration::from_millis(millis);
        let workers = Arc::new(Workers::new(1));
        let mut holds = Holds::new(Arc::clone(&workers));
        let (blocker, innocent) = (Polls::new(Arc::clone(&workers)), Polls::new(workers));
        blocker.begin(at(100));
        holds.look(&time);
        let held = |holds: &Holds, polls, to| holds.by_others(polls, (at(0), at(to)), &time);
        assert_eq!(held(&holds, &innocent, 400), Duration::from_millis(300));
        assert_eq!(held(&holds, &blocker, 400), Duration::ZERO);
        assert!(holds.are_held_by_others(&innocent));
        assert!(!holds.are_held_by_others(&blocker));
        assert!(holds.is_to_be_awaited());
        assert!(blocker.end(at(600)), "somebody waits");
        innocent.begin(at(600));
        assert!(!innocent.end(at(600)));
        holds.look(&time);
        assert_eq!(held(&holds, &innocent, 900), Duration::from_millis(500));
        assert_eq!(held(&holds, &blocker, 900), Duration::ZERO);
        assert_eq!(holds.last(at(900)), Some(at(600)));
        assert!(!holds.is_to_be_awaited());
    }

    #[test]
    fn one_held_worker_of_two_explains_nothing() {
        let time = LivedTime::new(Clock::System);
        let begin = time.now();
        let at = |millis| begin + Duration::from_millis(millis);
        let workers = Arc::new(Workers::new(2));
        let mut holds = Holds::new(Arc::clone(&workers));
        let polls: Vec<_> = (0..3).map(|_| Polls::new(Arc::clone(&workers))).collect();
        polls[0].begin(at(0));
        holds.look(&time);
        assert_eq!(holds.last(at(100)), None);
        polls[1].begin(at(200));
        holds.look(&time);
        let held = holds.by_others(&polls[2], (at(0), at(300)), &time);
        assert_eq!(held, Duration::from_millis(100));
    }

    /// A poll that blocks in place gives its worker away, and other tasks run.
    #[test]
    fn a_task_that_ran_refutes_only_who_held_the_workers_before_it_was_asked_for() {
        let time = LivedTime::new(Clock::System);
        let begin = time.now();
        let at = |millis| begin + Duration::from_millis(millis);
        let workers = Arc::new(Workers::new(1));
        let mut holds = Holds::new(Arc::clone(&workers));
        let polls = Polls::new(workers);
        polls.begin(at(100));
        holds.look(&time);
        for (asked, is_held) in [(50, true), (100, true), (101, false)] {
            holds.refute(at(asked));
            holds.look(&time);
            assert_eq!(holds.last(at(200)).is_some(), is_held, "{asked} ms");
        }
        assert!(!polls.end(at(300)));
        holds.look(&time);
        assert_eq!(holds.last(at(300)), None, "it held nothing");
        polls.begin(at(400));
        holds.look(&time);
        assert_eq!(holds.last(at(500)), Some(at(500)), "the next poll does");
    }

    #[test]
    fn holds_are_forgotten_once_there_are_many_and_no_run_remembers_them() {
        let time = LivedTime::new(Clock::System);
        let begin = time.now();
        let at = |millis: usize| begin + Duration::from_millis(millis.try_into().unwrap());
        let workers = Arc::new(Workers::new(1));
        let mut holds = Holds::new(Arc::clone(&workers));
        let polls = Polls::new(workers);
        // The nth of them is from 10 n to 10 n + 5 ms.
        let mut held = 0;
        let mut hold_until = |holds: &mut Holds, number| {
            while held < number {
                polls.begin(at(10 * held));
                polls.end(at(10 * held + 5));
                held += 1;
            }
            holds.look(&time);
        };
        hold_until(&mut holds, FEW);
        assert!(!holds.are_many());
        hold_until(&mut holds, FEW + 1);
        assert!(holds.are_many());
        // The run that is oldest began when the 57th ended.
        holds.forget_before(at(10 * 56 + 5));
        assert_eq!(holds.ended.len(), 201);
        hold_until(&mut holds, 56 + 402);
        assert!(!holds.are_many(), "twice as many as were left");
        hold_until(&mut holds, 56 + 403);
        assert!(holds.are_many());
        holds.forget_before(at(1_000_000));
        assert_eq!(
            holds.last(at(1_000_000)),
            Some(at(10 * 458 + 5)),
            "the last"
        );
        assert_eq!(holds.ended.len(), 1);
        // A run that never ends does not keep them all.
        hold_until(&mut holds, 459 + MOST + 10);
        holds.forget_before(begin);
        assert_eq!(holds.ended.len(), MOST);
    }
}
