//! Runs a script: sets the clock, does what the script says, gives the monitor its turns, and
//! compares what the core says with what the model says.

mod compare;
mod happens;
mod runs;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::always::Always;
use crate::answers::{Answers, Change};
use crate::door::{self, Simulated};
use crate::model::Model;
use crate::read;
use crate::script::{Act, Beats, FEATURES, HEARTBEATS, Script, What};
use crate::timeline::{Failure, Kind, Timeline};
use crate::world::World;

/// How much was simulated.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) simulated: Duration,
    pub(crate) events: u64,
    pub(crate) turns: u64,
    pub(crate) runs: u64,
    pub(crate) changes: u64,
}

/// Runs the script to its end, or to the first thing that is wrong.
pub(crate) fn run(script: &Script, timeline: &mut Timeline) -> Result<Tally, Failure> {
    let mut at = Duration::ZERO;
    let run = AssertUnwindSafe(|| Driver::start(script, timeline, &mut at)?.drive());
    catch_unwind(run).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Failure {
            kind: Kind::Panics,
            at,
            what: "a panic".into(),
            model: "nothing panics".into(),
            core: message.unwrap_or("with something that is no text").into(),
        })
    })
}

/// Where the simulated clock starts.
const START: Duration = Duration::from_secs(1_000);
/// A poll without a story.
const SHORT: Duration = Duration::from_micros(5);
/// What rounding may move an instant by.
const ROUNDING: Duration = Duration::from_micros(1);

struct Driver<'s> {
    script: &'s Script,
    timeline: &'s mut Timeline,
    now: Duration,
    at: &'s mut Duration,
    /// What the wall clock showed, and when.
    wall: (SystemTime, Duration),
    jobs: BTreeMap<(Duration, u64), Job>,
    jobs_made: u64,
    simulated: Simulated,
    world: Arc<World>,
    model: Model,
    always: Always,
    features: Vec<&'static str>,
    /// By check.
    runs: Vec<Option<Running>>,
    runs_begun: Vec<u64>,
    free_workers: usize,
    waiting: VecDeque<Task>,
    pings: VecDeque<door::Ping>,
    /// Checks whose run is being polled.
    polled: Vec<usize>,
    runtime_has_ended: bool,
    monitor_has_ended: bool,
    sleeps_until: Option<Duration>,
    woken_at: Option<Duration>,
    stopped_until: Duration,
    starved_until: Duration,
    slow: (Duration, Duration),
    turns_this_second: (u64, u32),
    /// By number.
    heartbeats: Vec<Option<door::Heartbeat>>,
    tasks: Vec<Option<door::StartupTask>>,
    subscriber: door::Changes,
    slow_subscriber: door::Changes,
    received: u64,
    sent: Vec<Change>,
    log: Log,
    last: Option<Answers>,
    tally: Tally,
}

/// What was read of the log, and what must be in it.
#[derive(Debug, Default)]
struct Log {
    lines: u64,
    lost: u64,
    owed: u64,
    /// Since the last turn, if it is read after every turn.
    messages: Vec<String>,
    owed_now: Vec<Change>,
}

/// A run that has begun and not ended.
struct Running {
    number: u64,
    run: door::Run,
    act: Act,
    stage: Stage,
    is_polled: bool,
    is_noticed: bool,
    /// Its future is dropped as soon as its poll returns.
    is_to_be_dropped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    First,
    Waits,
    Last,
}

/// What waits for a worker.
#[derive(Clone, Copy, Debug)]
enum Task {
    Poll { check: usize, number: u64 },
    Ping,
    Application(Duration),
}

#[derive(Clone, Copy, Debug)]
enum Job {
    Happens(What),
    IsReady(Task),
    PollReturns { check: usize, number: u64 },
    Wakes { check: usize, number: u64 },
    Ends { check: usize, number: u64 },
    IsDropped { check: usize, number: u64 },
    FreesWorker,
    Beats { beats: Beats, nth: u32 },
}

impl<'s> Driver<'s> {
    fn start(
        script: &'s Script,
        timeline: &'s mut Timeline,
        at: &'s mut Duration,
    ) -> Result<Driver<'s>, Failure> {
        let service = &script.service;
        door::set_now(START);
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
        door::set_wall(wall);
        let world = Arc::new(World::new(service.random, service.workers));
        let (simulated, tasks) =
            read::start(service, Arc::clone(&world)).map_err(|error| Failure {
                kind: Kind::Start,
                at: Duration::ZERO,
                what: "the service does not start".into(),
                model: "nothing is wrong with it".into(),
                core: error.to_string(),
            })?;
        let mut features = FEATURES.to_vec();
        features.retain(|feature| {
            let mut checks = service.checks.iter();
            checks.any(|check| check.needed_by.contains(feature))
        });
        features.sort_unstable();
        let mut model = Model::new(service, START);
        let first = model.ask(START);
        let mut driver = Driver {
            now: START,
            at,
            wall: (wall, START),
            jobs: BTreeMap::new(),
            jobs_made: 0,
            subscriber: simulated.health().subscribe(),
            slow_subscriber: simulated.health().subscribe(),
            simulated,
            world,
            model,
            always: Always::new(service, first, START),
            features,
            runs: service.checks.iter().map(|_| None).collect(),
            runs_begun: vec![0; service.checks.len()],
            free_workers: service.workers,
            waiting: VecDeque::new(),
            pings: VecDeque::new(),
            polled: Vec::new(),
            runtime_has_ended: false,
            monitor_has_ended: false,
            sleeps_until: None,
            woken_at: Some(START),
            stopped_until: START,
            starved_until: START,
            slow: (START, Duration::ZERO),
            turns_this_second: (0, 0),
            heartbeats: HEARTBEATS.iter().map(|_| None).collect(),
            tasks: tasks.into_iter().map(Some).collect(),
            received: 0,
            sent: Vec::new(),
            log: Log::default(),
            last: None,
            tally: Tally::default(),
            script,
            timeline,
        };
        for happening in &script.happenings {
            driver.job(START + happening.at, Job::Happens(happening.what));
        }
        driver.ask()?;
        Ok(driver)
    }

    fn drive(mut self) -> Result<Tally, Failure> {
        let end = START + self.script.length;
        loop {
            let turn = self.next_turn();
            let job = self.jobs.keys().next().map(|(at, _)| *at);
            let job = job.map(|at| at.max(self.stopped_until));
            let is_turn = turn.is_some_and(|turn| job.is_none_or(|job| turn <= job));
            let Some(at) = (if is_turn { turn } else { job }) else {
                break;
            };
            if at > end {
                break;
            }
            // No two things happen at one instant, so that their order decides nothing.
            self.set_now(at.max(self.now + Duration::from_nanos(1)));
            if is_turn {
                self.turn()?;
            } else {
                let (_, job) = self.jobs.pop_first().expect("it was the first");
                if matches!(job, Job::Happens(What::IsClosed)) {
                    break;
                }
                self.tally.events += 1;
                self.does(job)?;
                if self.woken_at.is_none() && self.simulated.is_woken() {
                    self.woken_at = Some(self.now);
                }
                if self.script.service.asked_always {
                    self.ask()?;
                }
            }
        }
        self.close()
    }

    fn set_now(&mut self, now: Duration) {
        if self.polled.len() >= self.script.service.workers {
            self.always.held += now - self.now;
        }
        self.now = now;
        *self.at = now - START;
        door::set_now(now);
        let (shown, since) = self.wall;
        door::set_wall(shown + (now - since));
    }

    /// Returns when the monitor has its next turn: when it is due or woken, and how late the machine then is.
    fn next_turn(&self) -> Option<Duration> {
        if self.monitor_has_ended {
            return None;
        }
        let due = match (self.sleeps_until, self.woken_at) {
            (Some(due), Some(woken)) => Some(due.min(woken)),
            (due, woken) => due.or(woken),
        }?;
        let lag = self.lag(self.tally.turns);
        let (slow_until, by) = self.slow;
        let late = if due < slow_until { by } else { Duration::ZERO };
        let at = due + late + lag;
        Some(
            at.max(self.starved_until + lag)
                .max(self.stopped_until + lag),
        )
    }

    /// Returns a lag that is the same for the same number in every run of the script.
    fn lag(&self, number: u64) -> Duration {
        let mixed = fastrand::Rng::with_seed(self.script.seed ^ number.rotate_left(32)).f64();
        Duration::from_nanos(100) + self.script.service.lag.mul_f64(mixed)
    }

    fn job(&mut self, at: Duration, job: Job) {
        self.jobs_made += 1;
        self.jobs.insert((at, self.jobs_made), job);
    }

    fn job_soon(&mut self, job: Job) {
        let lag = self.lag(self.jobs_made.wrapping_neg());
        self.job(self.now + lag, job);
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        self.timeline.note(self.now - START, line);
    }

    fn fail<T>(
        &self,
        kind: Kind,
        what: impl Into<String>,
        model: impl Into<String>,
        core: impl Into<String>,
    ) -> Result<T, Failure> {
        Err(Failure {
            kind,
            at: self.now - START,
            what: what.into(),
            model: model.into(),
            core: core.into(),
        })
    }

    fn must_hold(&self, held: Result<(), String>) -> Result<(), Failure> {
        held.or_else(|what| self.fail(Kind::Always, what, "never", "so it is"))
    }

    fn name(&self, check: usize) -> &'static str {
        self.script.service.checks[check].name
    }

    fn is_plain(&self, check: usize) -> bool {
        self.script.service.checks[check].is_plain
    }

    fn turn(&mut self) -> Result<(), Failure> {
        self.tally.turns += 1;
        let slept_until = self.sleeps_until;
        let poll = self.simulated.poll();
        let begun = self.model.turn(self.now, slept_until);
        let handed = self.world.take();
        self.timeline.note_quietly(self.now - START, "turn");
        self.compare_begun(&begun, &handed.runs)?;
        let pinged = !handed.pings.is_empty();
        if handed.pings.len() > 1 {
            return self.fail(Kind::Pings, "more than one ping", "one at a time", "two");
        }
        if let Err(rule) = self.model.look(pinged) {
            let core = if pinged { "a ping" } else { "no ping" };
            return self.fail(Kind::Pings, "what is seen by looking", rule, core);
        }
        self.hear_changes(slept_until)?;
        self.compare_cancelled()?;
        self.compare_sleep(&poll)?;
        self.begin(handed.runs)?;
        self.pings.extend(handed.pings);
        if pinged {
            if self.runtime_has_ended {
                self.drop_pings();
            } else {
                self.job_soon(Job::IsReady(Task::Ping));
            }
        }
        self.woken_at = self.simulated.is_woken().then_some(self.now);
        if self.script.service.log_read_always {
            self.read_log(usize::MAX);
            self.compare_log()?;
        } else {
            self.log.owed_now.clear();
        }
        if self.script.service.asked_always {
            let answers = self.ask()?;
            let held = self.always.answers(&answers, self.now, true);
            self.must_hold(held)?;
        }
        Ok(())
    }

    fn does(&mut self, job: Job) -> Result<(), Failure> {
        match job {
            Job::Happens(what) => return self.happens(what),
            Job::IsReady(task) => {
                self.waiting.push_back(task);
                self.grant();
            }
            Job::PollReturns { check, number } => self.poll_returns(check, number),
            Job::Wakes { check, number } => {
                if let Some(run) = self.run(check, number) {
                    run.stage = Stage::Last;
                    self.waiting.push_back(Task::Poll { check, number });
                    self.grant();
                }
            }
            Job::Ends { check, number } => {
                if self.run(check, number).is_some() {
                    self.end_run(check);
                }
            }
            Job::IsDropped { check, number } => {
                if self.run(check, number).is_some_and(|run| !run.is_polled) {
                    self.drop_run(check);
                }
            }
            Job::FreesWorker => {
                self.free_workers += 1;
                self.grant();
            }
            Job::Beats { beats, nth } => self.beats(beats, nth),
        }
        Ok(())
    }

    /// Drops the last handle and looks at what must be over then.
    fn close(mut self) -> Result<Tally, Failure> {
        self.read_slowly()?;
        self.read_log(usize::MAX);
        self.compare_log()?;
        self.tally.simulated = self.now - START;
        let Driver {
            simulated, runs, ..
        } = self;
        simulated.close();
        let mut runs = runs.iter().zip(&self.script.service.checks);
        let is_left = |run: &Running| !run.run.is_cancelled();
        if runs.any(|(run, check)| !check.is_plain && run.as_ref().is_some_and(is_left)) {
            return Err(Failure {
                kind: Kind::Ends,
                at: self.tally.simulated,
                what: "runs when the last handle is dropped".into(),
                model: "cancelled".into(),
                core: "left alone".into(),
            });
        }
        Ok(self.tally)
    }
}
