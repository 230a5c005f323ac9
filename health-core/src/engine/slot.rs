use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::clock::LivedTime;
use super::jitter::Jitter;
use super::launch::Launcher;
use super::phase::Phase;
use super::record::Record;
use super::run::{End, Finding, Run};
use crate::Class;
use crate::judgement::{Found, Judgement};
use crate::registry::Registered;
use crate::snapshot::CheckView;
use crate::verdict::{Reason, Verdict};

/// One check's life: at most one run at a time, whatever happens.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) registered: Arc<Registered>,
    pub(crate) record: Arc<Record>,
    index: usize,
    phase: Phase,
    judgement: Judgement,
    runs: u64,
    /// When a run or a missed slot last said something, in lived time.
    heard: Instant,
    stale: bool,
    /// The verdict that was last told to the world.
    told: Verdict,
}

/// How long a starved run gets, again and again, until it has had a worker; its age limit ends that.
const UNTIL_POLLED: Duration = Duration::from_millis(100);

/// A check's end that no check and no deadline explains.
#[derive(Debug)]
pub(crate) struct RuntimeGone;

impl Slot {
    pub(crate) fn new(index: usize, registered: Arc<Registered>, now: Instant) -> Slot {
        let judgement = Judgement::new(registered.check.class, &registered.schedule);
        let phase = Phase::Waiting { due: now };
        Slot {
            registered,
            record: Arc::default(),
            index,
            phase,
            judgement,
            runs: 0,
            heard: now,
            stale: false,
            told: Verdict::PENDING,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if self.stale {
            Verdict::STALE
        } else {
            self.judgement.verdict()
        }
    }

    /// The verdict before, if its status is another one now.
    pub(crate) fn changed(&mut self) -> Option<Verdict> {
        let now = self.verdict();
        let before = std::mem::replace(&mut self.told, now);
        if before.status == now.status {
            return None;
        }
        self.change_record(|record| record.since = Some(SystemTime::now()));
        Some(before)
    }

    pub(crate) fn view(&self) -> CheckView {
        CheckView {
            registered: Arc::clone(&self.registered),
            verdict: self.verdict(),
            record: Arc::clone(&self.record),
        }
    }

    pub(crate) fn is_startup(&self) -> bool {
        self.registered.check.class == Class::Startup
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    pub(crate) fn is_polling(&self) -> bool {
        self.phase.run().is_some_and(Run::is_polling)
    }

    /// When time alone next changes something.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        self.phase.wakes()
    }

    /// After a standstill what was known is old: ask again now.
    pub(crate) fn ask_soon(&mut self, now: Instant) {
        if let Phase::Waiting { due } = &mut self.phase {
            *due = now.min(*due);
        }
    }

    pub(crate) fn cancel(&self) {
        if let Some(run) = self.phase.run() {
            run.cancel();
        }
    }

    /// Does what is due at this time; `held` says that a check's poll holds a worker right now.
    pub(crate) fn on_time(
        &mut self,
        held: bool,
        time: &LivedTime,
        launcher: &Launcher,
        jitter: &mut Jitter,
    ) {
        let now = time.now();
        match &mut self.phase {
            Phase::Waiting { due } if *due <= now => self.start(time, launcher),
            // It waits for a worker that another check holds, so the other one is late, and not this.
            Phase::Running { run, deadline, .. }
                if *deadline <= now && held && run.is_starved() =>
            {
                *deadline = now + UNTIL_POLLED;
            }
            Phase::Running { deadline, .. } if *deadline <= now => {
                self.time_out(now, time.on_clock(now), jitter);
            }
            Phase::Overdue { next, .. } if *next <= now => self.miss(now, jitter),
            _ => {}
        }
        let limit = self.registered.schedule.age_limit();
        self.stale = !self.is_done() && now.saturating_duration_since(self.heard) > limit;
    }

    /// Takes note of the end of a run.
    pub(crate) fn on_end(
        &mut self,
        end: End,
        at: Instant,
        time: &LivedTime,
        jitter: &mut Jitter,
    ) -> Result<(), RuntimeGone> {
        match self.phase {
            Phase::Running {
                started, deadline, ..
            } => {
                let ended = time.lived(at);
                if ended > deadline {
                    // Late is late, even where the news arrives before the alarm.
                    self.time_out(ended, at, jitter);
                    self.on_late_end();
                } else if matches!(end, End::Cancelled) && self.registered.check.work.is_async() {
                    return Err(RuntimeGone);
                } else {
                    let latency = ended.saturating_duration_since(started);
                    self.take(end.finding(), at, latency);
                    self.wait(ended, jitter);
                }
            }
            Phase::Overdue { .. } => self.on_late_end(),
            Phase::Waiting { .. } | Phase::Done => {}
        }
        Ok(())
    }

    fn take(&mut self, finding: Finding, at: Instant, latency: Duration) {
        self.judgement.count(finding.found);
        self.change_record(|record| record.ended(at, latency, finding));
    }

    /// Its answer is discarded: it was given up, and newer things have been said since.
    fn on_late_end(&mut self) {
        if let Phase::Overdue { next, .. } = self.phase {
            self.phase = Phase::Waiting { due: next };
            self.change_record(|record| record.overdue_since = None);
        }
    }

    fn start(&mut self, time: &LivedTime, launcher: &Launcher) {
        self.runs += 1;
        let check = &self.registered.check;
        let run = launcher.launch(self.index, &check.name, &check.work);
        let started = time.now();
        self.phase = Phase::Running {
            run,
            started,
            deadline: started + self.registered.schedule.timeout,
        };
    }

    fn time_out(&mut self, now: Instant, at: Instant, jitter: &mut Jitter) {
        let Phase::Running { run, .. } = std::mem::replace(&mut self.phase, Phase::Done) else {
            unreachable!("only a running check times out");
        };
        run.cancel();
        let timeout = self.registered.schedule.timeout;
        self.change_record(|record| record.overdue(at, timeout));
        self.judgement.count(Found::unhealthy(Reason::TimedOut));
        self.heard = now;
        let next = now + self.pause(jitter);
        self.phase = Phase::Overdue { run, next };
    }

    /// A slot at which the check could not be asked, because its last run has not ended.
    fn miss(&mut self, now: Instant, jitter: &mut Jitter) {
        self.change_record(Record::missed);
        self.judgement.count(Found::unhealthy(Reason::Stuck));
        self.heard = now;
        let pause = jitter.vary(self.due());
        if let Phase::Overdue { next, .. } = &mut self.phase {
            *next = now + pause;
        }
    }

    fn wait(&mut self, ended: Instant, jitter: &mut Jitter) {
        self.heard = ended;
        let passed = self.judgement.verdict().is_healthy();
        self.phase = if self.is_startup() && passed {
            Phase::Done
        } else {
            Phase::Waiting {
                due: ended + self.pause(jitter),
            }
        };
    }

    /// How long until the check is asked again.
    fn due(&self) -> Duration {
        let schedule = &self.registered.schedule;
        if self.judgement.in_doubt() {
            schedule.retry
        } else {
            schedule.interval
        }
    }

    fn pause(&self, jitter: &mut Jitter) -> Duration {
        if self.runs == 1 {
            jitter.phase(self.due())
        } else {
            jitter.vary(self.due())
        }
    }

    fn change_record(&mut self, change: impl FnOnce(&mut Record)) {
        change(Arc::make_mut(&mut self.record));
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::declare::class::Critical;
    use crate::declare::schedule::Schedule;
    use crate::engine::Clock;
    use crate::verdict::Status;
    use crate::{Check, Outcome};

    fn registered() -> Arc<Registered> {
        let check = Check::blocking("check", Critical, || Err::<(), _>("not asked here"));
        let schedule = Schedule::new(check.class, check.options).unwrap();
        let (name, needed_by) = ("check".into(), [].into());
        Arc::new(Registered {
            name,
            needed_by,
            check,
            schedule,
        })
    }

    fn launcher() -> Launcher {
        let (events, _) = mpsc::unbounded_channel();
        Launcher::new(super::super::current_runtime(), Clock::Tokio, events)
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_comes_late_is_a_timeout_also_when_its_news_is_first() {
        let mut time = LivedTime::new(Clock::Tokio);
        let mut jitter = Jitter::new();
        let mut slot = Slot::new(0, registered(), time.now());
        slot.on_time(false, &time, &launcher(), &mut jitter);
        for _ in 0..5 {
            tokio::time::advance(Duration::from_millis(500)).await;
            time.pass();
        }
        let passed = End::Said(Outcome::passed());
        slot.on_end(passed, Clock::Tokio.now(), &time, &mut jitter)
            .unwrap();
        let timed_out = Verdict {
            status: Status::Unhealthy,
            reason: Some(Reason::TimedOut),
        };
        assert_eq!(slot.verdict(), timed_out);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_says_nothing_for_too_long_is_stale() {
        let time = LivedTime::new(Clock::Tokio);
        let registered = registered();
        let too_long = registered.schedule.age_limit() + Duration::from_millis(1);
        let long_ago = time.now().checked_sub(too_long).unwrap();
        let mut slot = Slot::new(0, registered, long_ago);
        slot.on_time(false, &time, &launcher(), &mut Jitter::new());
        assert_eq!(slot.verdict(), Verdict::STALE);
    }
}
