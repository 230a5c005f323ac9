//! The rules of judgement, as plainly as they can be executed.
//!
//! It is told what happens and at which instants the monitor has its turns, and says what must be
//! started, told and answered. What the monitor sees only by looking it may see up to a tick late, so
//! there the model takes what was told, if that could have been found, and judges all that follows from it.

mod changes;
mod check;
mod heartbeats;
mod judge;
mod lived;
mod looks;
mod polls;
mod readers;
mod runtime;
mod schedule;
mod service;

use std::time::Duration;

use crate::answers::{Answers, Change, Class, Reason, Task, TaskStatus, Verdict};
use crate::script::{self, HEARTBEATS, TASKS, TaskDoes};

pub(crate) use changes::takes_away;
pub(crate) use judge::REPORTED;
pub(crate) use lived::Lived;
pub(crate) use schedule::Schedule;

use check::Check;
use heartbeats::Heartbeat;
use looks::{Beating, Look, Looks};
use polls::Polls;
use readers::Readers;
use runtime::Stall;
use service::{Facts, Silence, State};

#[derive(Debug)]
pub(crate) struct Model {
    facts: Facts,
    threads: usize,
    lived: Lived,
    /// The clock and the lived time of the last turn.
    clock: Duration,
    now: Duration,
    checks: Vec<Check>,
    /// Plain checks that wait for a thread, first come first.
    queue: Vec<usize>,
    polls: Polls,
    /// When the ping that is out was sent, in lived time.
    ping: Option<Duration>,
    /// What happened since the last turn.
    arrived: Vec<(Duration, News)>,
    looks: Looks,
    /// The instants of the clock of `looks.possible`.
    look_clocks: Vec<(Duration, Duration)>,
    heartbeats: Vec<Option<Heartbeat>>,
    tasks: Vec<Task>,
    draining_since: Option<Duration>,
    broken: bool,
    /// The application's runtime has ended, and with it the monitor.
    pub(crate) gone: bool,
    readers: Readers,
    published: State,
    /// What was answered last, and of what.
    answered: Option<(State, Silence, Answers)>,
}

/// What the monitor is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum News {
    Ended { check: usize, found: Verdict },
    Dropped { check: usize },
    PollBegins { check: usize },
    PollEnds { check: usize },
    Answered,
    PingDropped,
}

impl Model {
    pub(crate) fn new(service: &script::Service, start: Duration) -> Model {
        let facts = Facts::of(service);
        let verdicts = vec![Verdict::PENDING; service.checks.len()];
        let tasks = vec![Task::BEGUN; service.tasks];
        let published = State {
            started: facts.startup_is_over(&verdicts, &tasks),
            verdicts,
            heartbeats: vec![None; HEARTBEATS.len()],
            tasks: tasks.clone(),
            stall: Stall::default(),
            draining: false,
            broken: false,
        };
        Model {
            facts,
            threads: service.threads,
            lived: Lived::default(),
            clock: start,
            now: start,
            checks: service
                .checks
                .iter()
                .map(|check| Check::new(check, start, service.random))
                .collect(),
            queue: Vec::new(),
            polls: Polls::new(service.workers),
            ping: None,
            arrived: Vec::new(),
            looks: Looks {
                possible: vec![Look {
                    at: start,
                    stall: Stall::default(),
                    tasks: tasks.clone(),
                    heartbeats: vec![Beating::NONE; HEARTBEATS.len()],
                }],
            },
            look_clocks: vec![(start, start)],
            heartbeats: vec![None; HEARTBEATS.len()],
            tasks,
            draining_since: None,
            broken: false,
            gone: false,
            readers: Readers::new(start),
            published,
            answered: None,
        }
    }

    /// Something happens at an instant of the clock, of which the monitor hears at its next turn.
    pub(crate) fn hear(&mut self, at: Duration, news: News) {
        self.arrived.push((at, news));
    }

    pub(crate) fn drain(&mut self, at: Duration) {
        self.draining_since.get_or_insert(at);
    }

    pub(crate) fn declare_broken(&mut self) {
        self.broken = true;
    }

    /// Returns whether the name could be taken.
    pub(crate) fn make_heartbeat(&mut self, number: usize, gap: Duration, at: Duration) -> bool {
        let is_taken = self.heartbeats[number]
            .as_ref()
            .is_some_and(Heartbeat::is_held);
        if !is_taken {
            self.heartbeats[number] = Some(Heartbeat::new(gap, at));
        }
        !is_taken
    }

    /// Returns the heartbeat whose name is taken.
    fn held(&mut self, number: usize) -> &mut Heartbeat {
        self.heartbeats[number]
            .as_mut()
            .expect("who beats was made")
    }

    pub(crate) fn beat(&mut self, number: usize, at: Duration) {
        self.held(number).beats(at);
    }

    pub(crate) fn finish_heartbeat(&mut self, number: usize) {
        self.held(number).finishes();
    }

    pub(crate) fn drop_heartbeat(&mut self, number: usize, at: Duration) {
        self.held(number).is_dropped(at);
    }

    pub(crate) fn task(&mut self, task: usize, does: TaskDoes) {
        let task = &mut self.tasks[task];
        match does {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped"
            )]
            TaskDoes::Progresses(done) => task.percent = (done.clamp(0.0, 1.0) * 100.0) as u8,
            TaskDoes::Completes => {
                *task = Task {
                    status: TaskStatus::Complete,
                    percent: 100,
                };
            }
            TaskDoes::Fails | TaskDoes::IsDropped => task.status = TaskStatus::Failed,
        }
    }

    /// Does the first three steps of a turn and returns the checks of which a run begins.
    pub(crate) fn turn(&mut self, clock: Duration, slept_until: Option<Duration>) -> Vec<usize> {
        let stood = self.lived.turn(slept_until, clock);
        self.clock = clock;
        self.now = self.lived.at(clock);
        let told = self.readers.turn(clock);
        if !stood.is_zero() {
            for check in &mut self.checks {
                check.stood_still(stood, self.now);
            }
        }
        for check in &mut self.checks {
            let limit = match check.class {
                Class::Critical | Class::Degraded => self.facts.ready_limit(),
                Class::Liveness => self.facts.stall_limit,
                Class::Startup => continue,
            };
            if told.contains(&limit) {
                check.was_told_stale(self.now);
            }
        }
        for (at, news) in std::mem::take(&mut self.arrived) {
            let at = self.lived.at(at);
            self.take(at, news);
            if self.gone {
                self.draining_since.get_or_insert(clock);
                return Vec::new();
            }
        }
        self.find_overdue();
        let begun = self.begin();
        for check in &mut self.checks {
            check.grows_stale(self.now);
        }
        begun
    }

    fn take(&mut self, at: Duration, news: News) {
        match news {
            News::Ended { check, found } => self.end(check, at, found),
            News::Dropped { check } if self.checks[check].is_plain => {
                self.end(check, at, Verdict::unhealthy(Reason::Failed));
            }
            News::Dropped { check } => {
                let is_in_time = matches!(self.checks[check].state, check::State::Runs { since }
                    if self.elapsed(check, since, at) <= self.checks[check].schedule.timeout);
                self.gone |= is_in_time;
                if !is_in_time {
                    self.end(check, at, Verdict::unhealthy(Reason::Failed));
                }
            }
            News::PollBegins { check } => self.polls.begins(check, at),
            News::PollEnds { check } => self.polls.ends(check, at),
            News::Answered => {
                self.ping = None;
                for look in &mut self.looks.possible {
                    look.stall = Stall::default();
                }
            }
            News::PingDropped => self.gone = true,
        }
    }

    fn end(&mut self, check: usize, at: Duration, found: Verdict) {
        self.polls.ends(check, at);
        let elapsed = match self.checks[check].state {
            check::State::Runs { since } => self.elapsed(check, since, at),
            _ => Duration::ZERO,
        };
        self.checks[check].ends(at, elapsed, self.now, found);
    }

    /// Returns how much of its own time a run that began at `since` has had.
    fn elapsed(&self, check: usize, since: Duration, until: Duration) -> Duration {
        let stood = if self.checks[check].is_plain {
            Duration::ZERO
        } else {
            self.polls.stood_still(check, since, until)
        };
        until.saturating_sub(since).saturating_sub(stood)
    }

    /// Deadlines, then missed slots.
    fn find_overdue(&mut self) {
        let now = self.now;
        for check in 0..self.checks.len() {
            match self.checks[check].state {
                check::State::Runs { since }
                    if self.elapsed(check, since, now) >= self.checks[check].schedule.timeout =>
                {
                    self.checks[check].overruns(now, Reason::TimedOut);
                }
                check::State::Overruns { slot } if now >= slot => {
                    self.checks[check].overruns(now, Reason::Stuck);
                }
                _ => {}
            }
        }
        let begun = self.checks.iter().filter_map(|check| match check.state {
            check::State::Runs { since } => Some(since),
            _ => None,
        });
        let oldest = begun.chain(self.ping).min().unwrap_or(now);
        self.polls.forget_before(oldest);
    }

    fn begin(&mut self) -> Vec<usize> {
        let now = self.now;
        let due = |check: &Check| match check.state {
            check::State::Waits { due } if due <= now => Some(due),
            _ => None,
        };
        let checks = self.checks.iter().enumerate();
        let mut asked: Vec<_> = checks
            .filter_map(|(number, check)| Some((due(check)?, number)))
            .collect();
        asked.sort_unstable();
        let mut begun = Vec::new();
        for (_, number) in asked {
            let check = &mut self.checks[number];
            if check.is_plain {
                check.state = check::State::Queues;
                self.queue.push(number);
            } else {
                begun.push(number);
            }
        }
        let at_work = self
            .checks
            .iter()
            .filter(|check| check.is_plain && matches!(check.state, check::State::Runs { .. }))
            .count();
        let room = self.threads.saturating_sub(at_work).min(self.queue.len());
        begun.extend(self.queue.drain(..room));
        for number in &begun {
            self.checks[*number].state = check::State::Runs { since: now };
        }
        begun.sort_unstable();
        begun
    }

    /// Returns whether the monitor has asked the check's run to end.
    pub(crate) fn is_cancelled(&self, check: usize) -> bool {
        let check = &self.checks[check];
        !check.is_plain && matches!(check.state, check::State::Overruns { .. })
    }

    /// Does the fourth step: what may be seen at this turn, at which a ping was sent or not.
    pub(crate) fn look(&mut self, pinged: bool) -> Result<(), String> {
        if self.gone {
            return Ok(());
        }
        if pinged && self.ping.is_some() {
            return Err("the last ping has not come back, so none is sent".into());
        }
        let ping_is_out = self.ping.is_some();
        let now = self.now;
        let look = Look {
            at: now,
            stall: runtime::stall(
                self.ping,
                self.polls.last_held(now),
                now,
                self.facts.stall_limit,
            ),
            tasks: self.tasks.clone(),
            heartbeats: self.look_at_heartbeats(pinged || ping_is_out),
        };
        let must_look = !self.looks.turn(look, pinged || ping_is_out, pinged);
        if must_look {
            return Err(
                "it looks at least every 250 ms, and a look with no ping out sends one".into(),
            );
        }
        self.ping = self.ping.or(pinged.then_some(now));
        self.look_clocks.push((now, self.clock));
        let earliest = self.looks.possible.iter().map(|look| look.at).min();
        let earliest = earliest.expect("there was a look");
        self.look_clocks.retain(|(at, _)| *at >= earliest);
        let clock = self.look_clocks[0].1;
        for heartbeat in self.heartbeats.iter_mut().flatten() {
            heartbeat.was_looked_at(clock, now);
        }
        Ok(())
    }

    fn look_at_heartbeats(&mut self, is_look: bool) -> Vec<Beating> {
        let mut found = Vec::with_capacity(HEARTBEATS.len());
        for (number, heartbeat) in self.heartbeats.iter_mut().enumerate() {
            let Some(heartbeat) = heartbeat else {
                found.push(Beating::NONE);
                continue;
            };
            // A new one is seen at the next turn, whether that looks at the others or not.
            if !is_look && !heartbeat.is_new {
                found.push(Beating::NONE);
                continue;
            }
            let beating = heartbeat.look(self.now, self.draining_since);
            if heartbeat.is_new {
                for look in &mut self.looks.possible {
                    look.heartbeats[number] = beating;
                }
            }
            found.push(beating);
        }
        found
    }

    /// Does the fifth step: takes from what was told what could have been seen, and compares the rest.
    pub(crate) fn publish(&mut self, told: &[Change]) -> Result<(), Difference> {
        let from = &self.published;
        let mut seen = State {
            verdicts: self.checks.iter().map(Check::verdict).collect(),
            draining: self.draining_since.is_some(),
            broken: self.broken,
            ..from.clone()
        };
        let order = see(told, &mut seen).map_err(|model| Difference {
            model,
            core: list(told),
        })?;
        self.is_possible(&seen).map_err(|model| Difference {
            model,
            core: list(told),
        })?;
        seen.started |= self.facts.startup_is_over(&seen.verdicts, &seen.tasks);
        let mut first = None;
        for stall in self.stalls() {
            if stall.for_readiness != seen.stall.for_readiness {
                continue;
            }
            let to = State {
                stall,
                ..seen.clone()
            };
            let expected = changes::changes(&self.facts, from, &to, &order);
            if expected == told {
                self.published = to;
                return Ok(());
            }
            first.get_or_insert(expected);
        }
        Err(Difference {
            model: first.map_or_else(
                || {
                    let not = if seen.stall.for_readiness { "not " } else { "" };
                    format!("the runtime is {not}stalled")
                },
                |expected| list(&expected),
            ),
            core: list(told),
        })
    }

    /// Returns every stall that a look could have found.
    fn stalls(&self) -> Vec<Stall> {
        let mut stalls = Vec::new();
        for look in &self.looks.possible {
            if !stalls.contains(&look.stall) {
                stalls.push(look.stall);
            }
        }
        if self.gone {
            // Nobody looks any more, and there is nothing left that could be stalled.
            stalls.extend([self.published.stall, Stall::default()]);
        }
        stalls
    }

    fn is_possible(&self, seen: &State) -> Result<(), String> {
        if self.gone {
            return Ok(());
        }
        for (number, overdue) in seen.heartbeats.iter().enumerate() {
            let mut looks = self.looks.possible.iter();
            if !looks.any(|look| look.heartbeats[number].allows(*overdue)) {
                let could = self
                    .looks
                    .possible
                    .iter()
                    .map(|look| look.heartbeats[number]);
                return Err(format!(
                    "heartbeat {} could be seen as {:?}, not as overdue: {overdue:?}",
                    HEARTBEATS[number],
                    could.collect::<Vec<_>>(),
                ));
            }
        }
        for (number, task) in seen.tasks.iter().enumerate() {
            let mut looks = self.looks.possible.iter();
            if !looks.any(|look| look.tasks[number] == *task) {
                let name = TASKS[number];
                return Err(format!("task {name} is {}, not {task}", self.tasks[number]));
            }
        }
        Ok(())
    }

    /// Returns the instant of the clock until which the monitor may sleep.
    pub(crate) fn sleeps_until(&self) -> Duration {
        let due = (0..self.checks.len()).filter_map(|check| match self.checks[check].state {
            check::State::Waits { due } => Some(due),
            check::State::Runs { .. } if self.clock_stands_still(check) => None,
            check::State::Runs { since } => {
                let elapsed = self.elapsed(check, since, self.now);
                let timeout = self.checks[check].schedule.timeout;
                Some(self.now + timeout.saturating_sub(elapsed))
            }
            check::State::Overruns { slot } => Some(slot),
            check::State::Queues | check::State::Done => None,
        });
        let due = due.fold(self.looks.next_by(), Duration::min);
        self.clock + due.saturating_sub(self.now)
    }

    fn clock_stands_still(&self, check: usize) -> bool {
        !self.checks[check].is_plain && self.polls.stands_still(check)
    }

    /// Returns what every probe answers at an instant of the clock. Asking is noted: a reader may begin to suspect.
    pub(crate) fn ask(&mut self, clock: Duration) -> Answers {
        let silence = if self.gone {
            Silence::default()
        } else {
            Silence {
                for_liveness: self.readers.find_silent(clock, self.facts.stall_limit),
                for_readiness: self.readers.find_silent(clock, self.facts.ready_limit()),
            }
        };
        let state = self.seen_by_readers();
        // Judged anew only when something has changed, since everybody asks after every event.
        if let Some((of, then, answers)) = &self.answered
            && (of, then) == (&state, &silence)
        {
            return answers.clone();
        }
        let answers = self.facts.answers(&state, silence);
        self.answered = Some((state, silence, answers.clone()));
        answers
    }

    /// Returns what the private report says, which waits for no second look.
    pub(crate) fn ask_at_once(&self, clock: Duration) -> Answers {
        let silence = Silence {
            for_liveness: !self.gone && self.readers.is_past(clock, self.facts.stall_limit),
            for_readiness: !self.gone && self.readers.is_past(clock, self.facts.ready_limit()),
        };
        self.facts.answers(&self.seen_by_readers(), silence)
    }

    fn seen_by_readers(&self) -> State {
        State {
            draining: self.draining_since.is_some(),
            broken: self.broken,
            ..self.published.clone()
        }
    }
}

/// Where the model and what was told part.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) model: String,
    pub(crate) core: String,
}

/// Applies what was told of heartbeats, tasks and the stall; returns the order of the heartbeats.
fn see(told: &[Change], seen: &mut State) -> Result<Vec<usize>, String> {
    let mut order = Vec::new();
    for change in told {
        match change {
            Change::Heartbeat { name, from, to } => {
                let number = HEARTBEATS.iter().position(|of| of == name);
                let number = number.ok_or("there is no such heartbeat")?;
                if service::heartbeat(seen.heartbeats[number]) != *from {
                    return Err(format!("heartbeat {name} was something else before"));
                }
                seen.heartbeats[number] = to.map(|verdict| verdict == Verdict::OVERDUE);
                order.push(number);
            }
            Change::Task { name, to, .. } => {
                let number = TASKS.iter().position(|of| of == name);
                let number = number.ok_or("there is no such task")?;
                *seen.tasks.get_mut(number).ok_or("there is no such task")? = *to;
            }
            Change::Stalled => seen.stall.for_readiness = true,
            Change::Recovered => seen.stall.for_readiness = false,
            _ => {}
        }
    }
    Ok(order)
}

fn list(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "nothing is told".into();
    }
    let changes: Vec<_> = changes.iter().map(Change::to_string).collect();
    changes.join("; ")
}
