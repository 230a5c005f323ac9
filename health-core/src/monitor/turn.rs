use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{broadcast, watch};

use super::event::{End, Event};
use super::launch::Launcher;
use super::runtime::RuntimeWatch;
use super::slot::{Deadline, Phase, Slot};
use super::tell::{Line, Log};
use super::time::{Jitter, LivedTime};
use super::watchdog;
use super::workers::Holds;
use crate::changes::{Change, ChangeKind};
use crate::clock::Clock;
use crate::declare::class::Class;
use crate::declare::status::Reason;
use crate::heartbeat::Watch;
use crate::judge::Judged;
use crate::judge::facts::{Facts, Seen, Stall};
use crate::judge::readiness::ReadinessStatus;
use crate::judge::startup::StartupStatus;
use crate::judge::task::{Task, TaskStatus};
use crate::judge::verdict::Verdict;
use crate::published::record::RunResult;
use crate::published::snapshot::Snapshot;
use crate::published::{Published, Question};

/// The monitor looks around at least this often.
const TICK: Duration = Duration::from_millis(250);

/// Among so many checks starts are gathered, so that one turn begins many.
const CROWD: usize = 256;

/// How long a start among a crowd may wait for others.
const GATHERED: Duration = Duration::from_millis(10);

/// For so long a monitor that has ended waits for runs that have not.
const SETTLES: Duration = Duration::from_secs(30);

/// After a standstill of this length what is known is old.
const LONG: Duration = Duration::from_millis(750);

/// For so long a crowd's news may wait for more.
const NEWS_WAIT: Duration = Duration::from_millis(1);

/// The monitor's state: everything here belongs to its thread alone.
#[derive(Debug)]
pub(crate) struct Monitor {
    pub(super) published: Arc<Published>,
    pub(super) events: UnboundedReceiver<Event>,
    pub(super) launcher: Launcher,
    pub(super) log: Log,
    pub(super) changes: broadcast::Sender<Arc<Change>>,
    pub(super) version: Arc<watch::Sender<u64>>,
    pub(super) clock: Clock,
    pub(super) jitter: Jitter,
    pub(super) time: LivedTime,
    pub(super) ticked: Instant,
    pub(super) slots: Vec<Slot>,
    /// When which check is to be asked.
    pub(super) starts: Agenda,
    /// When which slot is to be looked at for another reason.
    pub(super) alarms: Agenda,
    /// Checks that are due and wait for a thread, and how many threads are at work.
    pub(super) queue: VecDeque<usize>,
    pub(super) at_work: usize,
    pub(super) threads: usize,
    pub(super) holds: Holds,
    /// Slots whose clock stands still until a worker is free.
    pub(super) held_up: Vec<usize>,
    pub(super) watches: Vec<Watch>,
    pub(super) has_looked: bool,
    pub(super) runtime: RuntimeWatch,
    /// Startup checks that have not passed yet.
    pub(super) unfinished: usize,
    /// What was published last.
    pub(super) facts: Facts,
    pub(super) judged: Judged,
    /// Slots whose verdict may be another one now.
    pub(super) touched: Vec<usize>,
    pub(super) is_changed: bool,
    pub(super) was_ready: bool,
}

/// Nothing is left to watch.
#[derive(Debug)]
struct Ended;

impl Monitor {
    /// Runs until nothing is left to watch. What is returned holds the checks and so what they hold:
    /// it is dropped where that may take time, and panic.
    pub(crate) async fn run(mut self) -> Monitor {
        if cfg!(panic = "abort") {
            self.log.push(Line::PanicsAbort);
        }
        self.time.read();
        let mut going_on = self.take_news(None);
        while going_on.is_ok() {
            going_on = self.turn().await;
        }
        for slot in &self.slots {
            if let Some(run) = slot.run() {
                run.cancel();
            }
        }
        self.publish();
        self.published.end();
        self
    }

    /// Waits for the runs that were cancelled, so that what their checks hold goes with the monitor and not
    /// with the last of them: it may own a runtime, which must not be dropped on one.
    pub(super) async fn settle(self) -> Vec<Slot> {
        // Whoever follows is told at once that this has ended, whatever the runs do, and they are woken directly.
        drop((self.changes, self.version, self.log, self.launcher));
        let (slots, mut events) = (self.slots, self.events);
        let until = self.clock.now() + SETTLES;
        let is_out = |slot: &&Slot| slot.work.is_async() && slot.run().is_some();
        let mut out = slots.iter().filter(is_out).count();
        while out > 0 {
            let event = tokio::select! {
                event = events.recv() => event,
                () = self.clock.sleep_until(until) => return slots,
            };
            match event {
                Some(Event::Ended { slot, .. }) => {
                    out -= usize::from(slots[slot].work.is_async());
                }
                Some(_) => {}
                // Nobody is left who could tell an end.
                None => break,
            }
        }
        slots
    }

    /// One turn: do what is due, publish, wait for news or for the next due time, take the news.
    async fn turn(&mut self) -> Result<(), Ended> {
        self.do_what_is_due();
        self.publish();
        if self.slots.len() > CROWD {
            // Each wake-up costs more than the news that comes with it.
            let wakes = self.time.read() + NEWS_WAIT;
            self.clock.sleep_until(wakes).await;
            self.wake(wakes);
        }
        let wakes = self.wakes();
        // What the monitor did until now is no sleep.
        self.time.read();
        let first = tokio::select! {
            news = self.events.recv() => news,
            () = self.clock.sleep_until(wakes) => None,
        };
        self.wake(wakes);
        self.look_at_workers();
        self.take_news(first)
    }

    /// Takes the news before the alarms: what ended in time was in time. But only what is there now, so
    /// that nobody can keep the monitor from its alarms.
    fn take_news(&mut self, first: Option<Event>) -> Result<(), Ended> {
        let waiting = self.events.len();
        if let Some(event) = first {
            self.on_event(event)?;
        }
        for _ in 0..waiting {
            let Ok(event) = self.events.try_recv() else {
                break;
            };
            self.on_event(event)?;
        }
        Ok(())
    }

    fn look_at_workers(&mut self) {
        self.holds.look(&self.time);
        if self.holds.are_many() {
            let runs = self.slots.iter().filter_map(Slot::runs_since);
            let oldest = runs.min().unwrap_or_else(|| self.time.now());
            self.holds.forget_before(oldest);
        }
    }

    fn wakes(&self) -> Instant {
        let now = self.time.now();
        let start = self.starts.peek().map(|Reverse((due, _))| {
            if self.slots.len() > CROWD {
                (*due + GATHERED).max(now + GATHERED)
            } else {
                *due
            }
        });
        let alarm = self.alarms.peek().map(|Reverse((at, _))| *at);
        let wakes = [start, alarm].into_iter().flatten().min();
        let tick = self.ticked + TICK;
        self.time
            .on_clock(wakes.map_or(tick, |wakes| wakes.min(tick)))
    }

    fn on_event(&mut self, event: Event) -> Result<(), Ended> {
        match event {
            Event::Ended { slot, end, at } => self.on_end(slot, end, at)?,
            Event::WorkerFree => self.on_free_worker(),
            Event::Woken => self.launcher.wake_runs(),
            Event::RuntimeRan { at } => {
                if let Some(asked) = self.runtime.ran() {
                    let ran = self.time.lived(at);
                    self.published.lag.set(ran.saturating_duration_since(asked));
                    self.holds.refute(asked);
                    self.on_free_worker();
                }
            }
            Event::RuntimeGone => return Err(self.runtime_gone()),
            Event::Heartbeat(cell) => {
                self.watches.push(Watch::new(cell, self.time.now()));
                self.has_looked = true;
            }
            Event::Latched => {}
            Event::Closed => return Err(Ended),
        }
        Ok(())
    }

    /// Without its runtime the application is on its way out.
    fn runtime_gone(&mut self) -> Ended {
        self.log.push(Line::RuntimeGone);
        self.published.drain();
        Ended
    }

    // One check.

    fn on_end(&mut self, index: usize, end: End, at: Instant) -> Result<(), Ended> {
        let lived = self.time.lived(at);
        let slot = &mut self.slots[index];
        match slot.phase {
            Phase::Running { started, .. } => {
                // An end at the very deadline is in time.
                let before = lived.checked_sub(Duration::from_nanos(1)).unwrap_or(lived);
                if slot.deadline(before, &self.holds, &self.time) == Deadline::Passed {
                    // Late is late, also where the news arrives before the alarm.
                    self.time_out(index, self.time.now(), at);
                    self.end_late(index);
                    return Ok(());
                }
                let result = match end {
                    End::ByItself(result) => result,
                    // Neither the check nor the monitor ended it.
                    End::Dropped if slot.work.is_async() => return Err(self.runtime_gone()),
                    End::Dropped => RunResult::failed(
                        Reason::Failed,
                        "the system gave no thread to run the check".into(),
                    ),
                };
                if slot.is_at_work() {
                    self.at_work -= 1;
                }
                slot.end(result.verdict, lived, &mut self.jitter);
                if matches!(slot.phase, Phase::Done) {
                    self.unfinished -= 1;
                }
                let latency = lived.saturating_duration_since(started);
                let mut record = self.published.record(index);
                record.ended(at, self.clock.wall(), latency, result);
                drop(record);
                self.touch(index);
            }
            Phase::Overdue { .. } => self.end_late(index),
            Phase::Waiting { .. } | Phase::Queued | Phase::Done => {}
        }
        Ok(())
    }

    fn end_late(&mut self, index: usize) {
        self.slots[index].end_late();
        self.published.record(index).overdue_since = None;
        self.touch(index);
    }

    fn time_out(&mut self, index: usize, now: Instant, at: Instant) {
        let slot = &mut self.slots[index];
        if slot.is_at_work() {
            self.at_work -= 1;
        }
        slot.time_out(now, &mut self.jitter);
        let timeout = slot.schedule.timeout;
        let error = format!("no answer within {}", humantime::format_duration(timeout));
        let result = RunResult::failed(Reason::TimedOut, error.into());
        let mut record = self.published.record(index);
        record.overdue_since = Some(at);
        record.ended(at, self.clock.wall(), timeout, result);
    }

    fn on_alarm(&mut self, index: usize) {
        let now = self.time.now();
        match self.slots[index].phase {
            Phase::Running { .. } => self.on_deadline(index),
            // The alarm of such a slot is set to when it would be asked.
            Phase::Overdue { .. } => {
                self.slots[index].miss(now, &mut self.jitter);
                self.published.record(index).missed();
            }
            _ => {}
        }
        self.slots[index].forget_if_stale(now);
        self.touch(index);
    }

    /// A run may have had its time.
    fn on_deadline(&mut self, index: usize) {
        let now = self.time.now();
        loop {
            match self.slots[index].deadline(now, &self.holds, &self.time) {
                Deadline::Passed => return self.time_out(index, now, self.time.on_clock(now)),
                Deadline::Ahead => return,
                Deadline::StandsStill if self.holds.is_to_be_awaited() => {
                    return self.held_up.push(index);
                }
                // A worker has become free just now.
                Deadline::StandsStill => self.holds.look(&self.time),
            }
        }
    }

    /// The clocks that stood still run again. Whose time is over by now is seen after all news is heard.
    fn on_free_worker(&mut self) {
        let now = self.time.now();
        for index in std::mem::take(&mut self.held_up) {
            self.slots[index].look_at(now);
            self.touch(index);
        }
    }

    /// Wakes from a sleep. Where the process stood still meanwhile, what was known is old.
    fn wake(&mut self, wanted: Instant) {
        let standstill = self.time.wake(wanted);
        let now = self.time.now();
        if let Some(standstill) = standstill.filter(|standstill| *standstill >= LONG) {
            for index in 0..self.slots.len() {
                let due = self.slots[index].ask_early(now, standstill, &mut self.jitter);
                self.starts.extend(due.map(|due| Reverse((due, index))));
            }
        }
        self.forget_what_was_told_stale(now);
    }

    /// What readers were told is stale because the monitor was silent stays so until a run says otherwise:
    /// nothing becomes better without a run that was better.
    fn forget_what_was_told_stale(&mut self, now: Instant) {
        for question in [Question::Readiness, Question::Liveness] {
            if !self.published.was_told_silent(question) {
                continue;
            }
            for index in 0..self.slots.len() {
                let is_meant = match self.slots[index].class {
                    Class::Critical | Class::Degraded => question == Question::Readiness,
                    Class::Liveness => question == Question::Liveness,
                    Class::Startup => false,
                };
                if is_meant {
                    let due = self.slots[index].forget(now, &mut self.jitter);
                    self.starts.extend(due.map(|due| Reverse((due, index))));
                    self.touch(index);
                }
            }
        }
    }

    /// Begins a run, or queues the check where all threads are at work.
    fn ask(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        let is_blocking = !slot.work.is_async();
        if is_blocking && self.at_work == self.threads {
            slot.phase = Phase::Queued;
            self.queue.push_back(index);
        } else {
            let run = self.launcher.launch(index, &slot.name, &slot.work);
            slot.start(self.time.now(), run);
            self.at_work += usize::from(is_blocking);
        }
        self.touch(index);
    }

    /// Notes that something about a slot is another thing now, and sets its alarm.
    fn touch(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        if let Phase::Waiting { due } = slot.phase {
            self.starts.push(Reverse((due, index)));
        }
        let wakes = slot.wakes();
        if slot.alarm != wakes {
            slot.alarm = wakes;
            self.alarms
                .extend(wakes.map(|wakes| Reverse((wakes, index))));
        }
        self.touched.push(index);
    }

    // The time.

    /// Does what is due. What is due again at once waits for the next turn, so that nobody can keep the
    /// monitor from publishing.
    fn do_what_is_due(&mut self) {
        let now = self.time.now();
        for _ in 0..self.alarms.len() {
            let Some((at, index)) = due(&mut self.alarms, now) else {
                break;
            };
            // An alarm that was set anew since is none.
            if self.slots[index].alarm == Some(at) {
                self.slots[index].alarm = None;
                self.on_alarm(index);
            }
        }
        while self.at_work < self.threads
            && let Some(index) = self.queue.pop_front()
        {
            self.ask(index);
        }
        for _ in 0..self.starts.len() {
            let Some((at, index)) = due(&mut self.starts, now) else {
                break;
            };
            if matches!(self.slots[index].phase, Phase::Waiting { due } if due == at) {
                self.ask(index);
            }
        }
        if now.saturating_duration_since(self.ticked) >= TICK {
            self.ticked = now;
            self.look_around(now);
        }
    }

    /// Looks at what does not report by itself.
    fn look_around(&mut self, now: Instant) {
        let last_held = self.holds.last(now);
        if let Some(lag) = self.runtime.look(now, last_held, &self.launcher) {
            self.published.lag.set(lag);
        }
        self.look_at_heartbeats();
    }

    fn look_at_heartbeats(&mut self) {
        let now = self.time.now();
        self.watches.retain(|watch| !watch.cell.is_finished());
        for watch in &mut self.watches {
            watch.look(now);
        }
        self.has_looked = true;
    }

    // What is told.

    /// Publishes what is known now, if it is another thing than before, and then tells what changed.
    fn publish(&mut self) {
        let mut news = Vec::new();
        let mut before = self.judged.clone();
        let moves_again = watchdog::told_last(&self.published, &mut before);
        self.collect_checks(&mut news);
        self.collect_heartbeats(&mut news);
        self.collect_tasks(&mut news);
        self.collect_latches(&mut news);
        let is_changed = std::mem::take(&mut self.is_changed);
        if is_changed {
            let snapshot = Arc::new(Snapshot::new(self.facts.clone()));
            let judged = snapshot.view(Seen::default()).judged.clone();
            self.judged = judged;
            self.published.publish(snapshot);
        }
        if is_changed || moves_again {
            self.collect_answers(&before, &mut news);
        }
        self.published.tick(self.clock.now());
        if is_changed || !news.is_empty() {
            self.version.send_modify(|version| *version += 1);
        }
        // The answers are out by now.
        for (kind, error, lasted) in news {
            self.tell(kind, error, lasted);
        }
        self.tell_ready();
    }

    fn collect_checks(&mut self, news: &mut News) {
        if self.touched.is_empty() {
            return;
        }
        self.touched.sort_unstable();
        self.touched.dedup();
        let now = self.time.now();
        for index in self.touched.drain(..) {
            let slot = &mut self.slots[index];
            let to = slot.verdict();
            let from = std::mem::replace(&mut self.facts.verdicts[index], to);
            if from == to {
                continue;
            }
            self.is_changed = true;
            let mut record = self.published.record(index);
            let lasted = (from.status != to.status).then(|| {
                record.since = Some(self.clock.wall());
                now.saturating_duration_since(std::mem::replace(&mut slot.since, now))
            });
            let error = record.error.clone().filter(|_| !to.is_healthy());
            let kind = ChangeKind::Check {
                name: Arc::clone(&slot.name),
                class: slot.class,
                from,
                to,
            };
            news.push((kind, error, lasted));
        }
    }

    fn collect_heartbeats(&mut self, news: &mut News) {
        if !std::mem::take(&mut self.has_looked) {
            return;
        }
        self.watches.retain(|watch| !watch.cell.has_successor());
        let before = &self.facts.heartbeats;
        let is_same = self.watches.len() == before.len()
            && self
                .watches
                .iter()
                .zip(before.iter())
                .all(|(watch, (name, verdict))| {
                    Arc::ptr_eq(&watch.cell.name, name) && watch.verdict == *verdict
                });
        if is_same {
            return;
        }
        self.watches.sort_by(|a, b| a.cell.name.cmp(&b.cell.name));
        let now: Arc<[(Arc<str>, Verdict)]> = self
            .watches
            .iter()
            .map(|watch| (Arc::clone(&watch.cell.name), watch.verdict))
            .collect();
        let of = |list: &[(Arc<str>, Verdict)], name: &str| {
            let found = list.binary_search_by(|(known, _)| (**known).cmp(name));
            found.ok().map(|index| list[index].1)
        };
        let mut names: Vec<&Arc<str>> = before
            .iter()
            .chain(now.iter())
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let (from, to) = (of(before, name), of(&now, name));
            if from != to {
                let name = Arc::clone(name);
                news.push((ChangeKind::Heartbeat { name, from, to }, None, None));
                self.is_changed = true;
            }
        }
        self.facts.heartbeats = now;
    }

    fn collect_tasks(&mut self, news: &mut News) {
        // At ticks alone, so that a task that counts does not publish at every step.
        if self.facts.started || self.ticked != self.time.now() {
            return;
        }
        let mut seen = self.published.tasks.iter().zip(self.facts.tasks.iter());
        if seen.all(|(cell, (_, before))| cell.task() == *before) {
            return;
        }
        let mut tasks = self.facts.tasks.to_vec();
        for (cell, (name, before)) in self.published.tasks.iter().zip(&mut tasks) {
            let now = cell.task();
            let from = std::mem::replace(before, now);
            if from != now {
                let name = Arc::clone(name);
                news.push((
                    ChangeKind::Task {
                        name,
                        from,
                        to: now,
                    },
                    cell.error(),
                    None,
                ));
            }
        }
        self.facts.tasks = tasks.into();
        self.is_changed = true;
    }

    fn collect_latches(&mut self, news: &mut News) {
        let facts = &mut self.facts;
        let is_complete = |(_, task): &(Arc<str>, Task)| task.status == TaskStatus::Complete;
        if !facts.started && self.unfinished == 0 && facts.tasks.iter().all(is_complete) {
            facts.started = true;
            self.is_changed = true;
            let (from, to) = (StartupStatus::Starting, StartupStatus::Started);
            news.push((ChangeKind::Startup { from, to }, None, None));
        }
        let stall = self.runtime.stall();
        let before = std::mem::replace(&mut facts.stall, stall);
        self.is_changed |= before != stall;
        match (before, stall) {
            (Stall::Runs, Stall::Stalled | Stall::Dead) => {
                news.push((ChangeKind::Stalled, None, None));
            }
            (Stall::Stalled | Stall::Dead, Stall::Runs) => {
                news.push((ChangeKind::Recovered, None, None));
            }
            _ => {}
        }
        if !facts.draining && self.published.is_draining() {
            facts.draining = true;
            self.is_changed = true;
            news.push((ChangeKind::Draining, None, None));
        }
        if !facts.broken
            && let Some(reason) = self.published.broken()
        {
            facts.broken = true;
            self.is_changed = true;
            self.log.push(Line::Broken(Arc::clone(reason)));
        }
    }

    fn collect_answers(&self, before: &Judged, news: &mut News) {
        let now = &self.judged;
        let mut changed = |kind| news.push((kind, None, None));
        if before.liveness != now.liveness {
            let ((from, _), (to, reason)) = (before.liveness, now.liveness);
            changed(ChangeKind::Liveness { from, to, reason });
        }
        if before.readiness != now.readiness {
            let ((from, _), (to, reason)) = (before.readiness, now.readiness);
            changed(ChangeKind::Readiness { from, to, reason });
        }
        let features = self.facts.checks.features.iter();
        for ((feature, before), now) in features.zip(&before.features).zip(&now.features) {
            if before != now {
                let ((from, _), (to, reason)) = (*before, *now);
                let feature = feature.feature.clone();
                changed(ChangeKind::Feature {
                    feature,
                    from,
                    to,
                    reason,
                });
            }
        }
    }

    fn tell(&self, kind: ChangeKind, error: Option<Arc<str>>, lasted: Option<Duration>) {
        let (at, news) = (self.clock.wall(), kind.clone());
        let change = Arc::new(Change { at, kind: news });
        self.published.recent.push(&change);
        // Nobody may be following.
        let _ = self.changes.send(change);
        if matches!(
            kind,
            ChangeKind::Readiness {
                to: ReadinessStatus::Ready,
                ..
            }
        ) && !self.was_ready
        {
            // That has a line of its own.
            return;
        }
        let because = match kind {
            ChangeKind::Liveness { .. } => self.because(&[Class::Liveness]),
            ChangeKind::Readiness { .. } => {
                self.because(&[Class::Liveness, Class::Critical, Class::Degraded])
            }
            _ => None,
        };
        self.log.push(Line::Changed {
            kind,
            error,
            because,
            lasted,
        });
    }

    /// Names what is not healthy, the first of it.
    fn because(&self, classes: &[Class]) -> Option<String> {
        const NAMED: usize = 8;
        let heartbeats = self.facts.heartbeats.iter();
        let heartbeats = heartbeats.map(|(name, verdict)| (name, *verdict));
        let checks = classes.iter().flat_map(|class| self.facts.each(*class));
        let mut failing = heartbeats
            .chain(checks)
            .filter(|(_, verdict)| !verdict.is_healthy());
        let named: Vec<_> = failing
            .by_ref()
            .take(NAMED)
            .map(|(name, verdict)| format!("{name} is {verdict}"))
            .collect();
        if named.is_empty() {
            return None;
        }
        let named = named.join(", ");
        Some(match failing.count() {
            0 => named,
            more => format!("{named}, and {more} more"),
        })
    }

    fn tell_ready(&mut self) {
        if !self.was_ready && self.judged.readiness.0 != ReadinessStatus::NotReady {
            self.was_ready = true;
            let now = self.clock.now();
            self.log.push(Line::Ready {
                after: now.saturating_duration_since(self.published.started),
                checks: self.slots.len(),
            });
        }
    }
}

/// When which slot is to be looked at, the first of them on top.
type Agenda = BinaryHeap<Reverse<(Instant, usize)>>;

/// Takes out the first, if it is due.
fn due(agenda: &mut Agenda, now: Instant) -> Option<(Instant, usize)> {
    let first = agenda.peek().filter(|Reverse((at, _))| *at <= now)?;
    let Reverse(first) = *first;
    agenda.pop();
    Some(first)
}

/// What is to be told: what changed, what a check or task failed with, and how long it had been what it was.
type News = Vec<(ChangeKind, Option<Arc<str>>, Option<Duration>)>;

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::declare::check::Check;
    use crate::declare::described::Described;
    use crate::declare::schedule::Schedule;
    use crate::monitor::{Place, Settings};
    use crate::published::Identity;

    /// Who has ended waits for the runs that it cancelled, and for nothing else.
    #[tokio::test(start_paused = true)]
    async fn what_is_left_behind_is_held_by_no_run() {
        let held = Arc::new(());
        let seen = Arc::downgrade(&held);
        let hangs = Check::critical("hangs", move || {
            let held = Arc::clone(&held);
            async move {
                pending::<()>().await;
                drop(held);
                Ok::<(), &str>(())
            }
        });
        let passes = Check::critical("passes", || ready(Ok::<(), &str>(())));
        let checks = [hangs, passes].map(|check| {
            let schedule = Schedule::new(check.class, check.options).unwrap();
            (Described::new(&check, schedule), check.work)
        });
        let settings = Settings {
            clock: Clock::Tokio,
            place: Place::test(),
            threads: 1,
            identity: Identity {
                service: "orders".into(),
                instance: None,
                version: None,
            },
            stall_limit: Duration::from_secs(30),
            checks: checks.into(),
            tasks: Vec::new(),
        };
        let (monitor, started) = Monitor::new(settings).unwrap();
        let closes = Duration::from_secs(1);
        let events = started.events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(closes).await;
            events.send(Event::Closed)
        });
        let begun = tokio::time::Instant::now();
        let ended = monitor.run().await;
        assert_eq!(seen.strong_count(), 2, "by the check and by its run");
        let left = ended.settle().await;
        assert_eq!((seen.strong_count(), left.len()), (1, 2));
        assert_eq!(begun.elapsed(), closes);
        drop(left);
        assert_eq!(seen.strong_count(), 0);
    }
}
