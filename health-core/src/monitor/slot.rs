use std::sync::Arc;
use std::time::{Duration, Instant};

use super::run::Run;
use super::time::{Jitter, LivedTime};
use super::workers::Holds;
use crate::declare::class::Class;
use crate::declare::described::Described;
use crate::declare::schedule::Schedule;
use crate::declare::status::Reason;
use crate::declare::work::Work;
use crate::judge::judgement::Judgement;
use crate::judge::verdict::Verdict;

/// One check's life: at most one run at a time, whatever happens. All times are lived.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: Arc<str>,
    pub(crate) class: Class,
    pub(crate) schedule: Schedule,
    pub(crate) work: Work,
    pub(crate) phase: Phase,
    judgement: Judgement,
    age_limit: Duration,
    /// When a run, a timeout or a missed slot last said something.
    said_at: Option<Instant>,
    /// When the alarm for this slot is set.
    pub(crate) alarm: Option<Instant>,
    /// Since when it has the status that it has.
    pub(crate) since: Instant,
}

/// Where one check is between two runs.
#[derive(Debug)]
pub(crate) enum Phase {
    Waiting {
        due: Instant,
    },
    /// Due, and all threads are at work.
    Queued,
    Running {
        run: Run,
        started: Instant,
        /// When to look whether its time is over; `None` while that waits for a free worker.
        look_at: Option<Instant>,
    },
    /// Past its deadline and not ended: never started again until it has.
    Overdue {
        run: Run,
        /// When it would have been asked again.
        next: Instant,
    },
    /// A startup check that passed.
    Done,
}

/// What has become of a run whose time may be over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    Passed,
    /// Other runs hold all workers: its clock stands still.
    StandsStill,
    /// It has some of its time left.
    Ahead,
}

impl Slot {
    pub(crate) fn new(check: &Described, work: Work, now: Instant) -> Slot {
        Slot {
            name: Arc::clone(&check.name),
            class: check.class,
            schedule: check.schedule,
            work,
            phase: Phase::Waiting { due: now },
            judgement: Judgement::new(check.class, &check.schedule),
            age_limit: check.schedule.age_limit(),
            said_at: None,
            alarm: None,
            since: now,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.judgement.verdict()
    }

    /// Whether a run of it is at work on a thread that is not given up.
    pub(crate) fn is_at_work(&self) -> bool {
        matches!(self.phase, Phase::Running { .. }) && !self.work.is_async()
    }

    /// When the run began that still has time.
    pub(crate) fn runs_since(&self) -> Option<Instant> {
        match self.phase {
            Phase::Running { started, .. } => Some(started),
            _ => None,
        }
    }

    /// The run that has not ended.
    pub(crate) fn run(&self) -> Option<&Run> {
        match &self.phase {
            Phase::Running { run, .. } | Phase::Overdue { run, .. } => Some(run),
            Phase::Waiting { .. } | Phase::Queued | Phase::Done => None,
        }
    }

    /// When time alone next changes something, but for its start.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        let stale = self.stale_at();
        match self.phase {
            Phase::Waiting { .. } | Phase::Done => None,
            Phase::Queued => stale,
            Phase::Running { look_at, .. } => earlier(look_at, stale),
            Phase::Overdue { next, .. } => Some(next),
        }
    }

    /// A run begins.
    pub(crate) fn start(&mut self, now: Instant, run: Run) {
        self.phase = Phase::Running {
            run,
            started: now,
            look_at: Some(now + self.schedule.timeout),
        };
    }

    /// Looks whether a run has had its time at this moment.
    pub(crate) fn deadline(&mut self, at: Instant, holds: &Holds, time: &LivedTime) -> Deadline {
        let timeout = self.schedule.timeout;
        let Phase::Running {
            run,
            started,
            look_at,
        } = &mut self.phase
        else {
            return Deadline::Ahead;
        };
        if *started + timeout > at {
            return Deadline::Ahead;
        }
        let Some(polls) = &run.polls else {
            return Deadline::Passed;
        };
        let deadline = *started + timeout + holds.by_others(polls, (*started, at), time);
        if deadline <= at {
            return Deadline::Passed;
        }
        // While its own poll holds a worker too, its clock runs.
        let stands_still = holds.are_held_by_others(polls);
        *look_at = (!stands_still).then_some(deadline);
        if stands_still {
            Deadline::StandsStill
        } else {
            Deadline::Ahead
        }
    }

    /// Sets when to look whether a run has had its time.
    pub(crate) fn look_at(&mut self, at: Instant) {
        if let Phase::Running { look_at, .. } = &mut self.phase {
            *look_at = Some(at);
        }
    }

    /// The run has had its time: it is cancelled, and counts as a failure.
    pub(crate) fn time_out(&mut self, now: Instant, jitter: &mut Jitter) {
        let Phase::Running { run, .. } = std::mem::replace(&mut self.phase, Phase::Done) else {
            unreachable!("only a running check times out");
        };
        run.cancel();
        let next = now + self.count(Verdict::unhealthy(Reason::TimedOut), now, jitter);
        self.phase = Phase::Overdue { run, next };
    }

    /// It would be asked now, but its last run has not ended.
    pub(crate) fn miss(&mut self, now: Instant, jitter: &mut Jitter) {
        let pause = self.count(Verdict::unhealthy(Reason::Stuck), now, jitter);
        if let Phase::Overdue { next, .. } = &mut self.phase {
            *next = now + pause;
        }
    }

    /// The run ended in time.
    pub(crate) fn end(&mut self, verdict: Verdict, at: Instant, jitter: &mut Jitter) {
        let pause = self.count(verdict, at, jitter);
        self.phase = if self.class == Class::Startup && self.verdict().is_healthy() {
            Phase::Done
        } else {
            Phase::Waiting { due: at + pause }
        };
    }

    /// A run that was given up has ended. Its answer is discarded: newer things have been said since.
    pub(crate) fn end_late(&mut self) {
        if let Phase::Overdue { next, .. } = self.phase {
            self.phase = Phase::Waiting { due: next };
        }
    }

    /// Forgets what was known of it, when that is too old.
    pub(crate) fn forget_if_stale(&mut self, now: Instant) {
        if self.stale_at().is_some_and(|stale| stale <= now) {
            self.judgement.forget();
        }
    }

    /// After a standstill of some length what was known is old: it is asked early if it would be asked
    /// again by now, and not all at once. Returns the new time.
    pub(crate) fn ask_early(
        &mut self,
        now: Instant,
        standstill: Duration,
        jitter: &mut Jitter,
    ) -> Option<Instant> {
        let age = now.saturating_duration_since(self.said_at?) + standstill;
        if age <= self.schedule.retry {
            return None;
        }
        self.ask_within_retry(now, jitter)
    }

    /// Readers were told that what was known of it is too old: it is, until a run says otherwise. Returns
    /// when it is asked, if that is another time now.
    pub(crate) fn forget(&mut self, now: Instant, jitter: &mut Jitter) -> Option<Instant> {
        self.said_at?;
        if matches!(self.phase, Phase::Done) {
            return None;
        }
        self.judgement.forget();
        self.ask_within_retry(now, jitter)
    }

    /// A check that waits is asked within its `retry`, and not together with all others.
    fn ask_within_retry(&mut self, now: Instant, jitter: &mut Jitter) -> Option<Instant> {
        let Phase::Waiting { due } = &mut self.phase else {
            return None;
        };
        let early = now + jitter.part_of(self.schedule.retry);
        if early >= *due {
            return None;
        }
        *due = early;
        Some(early)
    }

    /// Counts what was said, and returns the pause that is due.
    fn count(&mut self, verdict: Verdict, now: Instant, jitter: &mut Jitter) -> Duration {
        self.judgement.count(verdict);
        let is_first = self.said_at.replace(now).is_none();
        let pause = if self.judgement.is_in_doubt() {
            self.schedule.retry
        } else {
            self.schedule.interval
        };
        if is_first {
            jitter.part_of(pause)
        } else {
            jitter.vary(pause)
        }
    }

    /// The first moment at which what is known of it is too old: at the limit it still holds.
    fn stale_at(&self) -> Option<Instant> {
        let said_at = self.said_at.filter(|_| self.verdict() != Verdict::STALE)?;
        Some(said_at + self.age_limit + Duration::from_nanos(1))
    }
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    }
}
