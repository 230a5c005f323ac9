use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::sync::Arc;
#[cfg(any(test, feature = "test-util"))]
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::{broadcast, watch};

use super::event::Event;
use super::launch::{Launcher, Place, begin};
use super::runtime::RuntimeWatch;
use super::slot::Slot;
use super::tell::{Log, current_dispatch};
use super::time::{Jitter, LivedTime};
use super::turn::Monitor;
use super::watchdog::Watchdog;
use super::workers::Holds;

use crate::clock::Clock;
use crate::declare::class::Class;
use crate::declare::described::Described;
use crate::declare::work::Work;
use crate::judge::facts::{Checks, Facts, Seen};
use crate::judge::judge;
use crate::judge::task::TaskStatus;
#[cfg(any(test, feature = "test-util"))]
use crate::published::process::ProcessReport;
use crate::published::{Identity, Limits, Published};
use crate::task::TaskCell;

/// What a monitor is made of.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) place: Place,
    /// How many plain functions are at work at once, at most.
    pub(crate) threads: usize,
    pub(crate) identity: Identity,
    pub(crate) stall_limit: Duration,
    /// The checks, and what each runs.
    pub(crate) checks: Vec<(Described, Work)>,
    pub(crate) tasks: Vec<Arc<TaskCell>>,
}

/// What a monitor shares with those who ask it.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) published: Arc<Published>,
    pub(crate) events: UnboundedSender<Event>,
}

/// Starts a monitor.
pub(crate) fn start(settings: Settings) -> io::Result<Started> {
    let test = settings.place.test_runtime();
    let (monitor, started) = Monitor::new(settings)?;
    begin(test, async { monitor.run().await.settle().await })?;
    Ok(started)
}

impl Monitor {
    /// A monitor that does not run yet.
    pub(crate) fn new(settings: Settings) -> io::Result<(Monitor, Started)> {
        let Settings {
            clock,
            place,
            threads,
            identity,
            stall_limit,
            checks,
            tasks,
        } = settings;
        let time = LivedTime::new(clock);
        let now = time.now();
        let limits = limits(&checks, stall_limit);
        let (described, slots): (Vec<_>, Vec<_>) = checks
            .into_iter()
            .map(|(check, work)| {
                let slot = Slot::new(&check, work, now);
                (check, slot)
            })
            .unzip();
        let tasks: Box<[Arc<TaskCell>]> = tasks.into();
        let known = Arc::new(Checks::new(described.into()));
        let seen_tasks = tasks
            .iter()
            .map(|cell| (Arc::clone(&cell.name), cell.task()));
        let mut facts = Facts::new(Arc::clone(&known), seen_tasks.collect());
        let is_startup = |slot: &&Slot| slot.class == Class::Startup;
        let unfinished = slots.iter().filter(is_startup).count();
        let is_complete = |cell: &Arc<TaskCell>| cell.task().status == TaskStatus::Complete;
        facts.started = unfinished == 0 && tasks.iter().all(is_complete);

        // Every check and every feature may change in one turn.
        let at_once = slots.len() + known.features.len();
        let changes = broadcast::Sender::new(MANY_CHANGES + at_once);
        let (version, versions) = watch::channel(0);
        let version = Arc::new(version);
        let published = Arc::new(Published::new(
            facts.clone(),
            clock,
            identity,
            tasks,
            limits,
            &changes,
            versions,
        ));
        let log = log(&place, &published, &version, MANY_LINES + 2 * slots.len())?;
        let jitter = jitter(&place);
        let (sender, events) = mpsc::unbounded_channel();
        let launcher = Launcher::new(place, clock, sender.clone(), current_dispatch());
        let starts = (0..slots.len()).map(|index| Reverse((now, index)));
        let monitor = Monitor {
            published: Arc::clone(&published),
            events,
            log,
            changes,
            version,
            clock,
            jitter,
            ticked: now,
            time,
            starts: starts.collect(),
            alarms: BinaryHeap::new(),
            queue: VecDeque::new(),
            at_work: 0,
            threads,
            holds: Holds::new(Arc::clone(&launcher.workers)),
            held_up: Vec::new(),
            watches: Vec::new(),
            has_looked: false,
            runtime: RuntimeWatch::new(stall_limit),
            unfinished,
            judged: judge(&facts, Seen::default()),
            facts,
            touched: Vec::new(),
            is_changed: false,
            was_ready: false,
            slots,
            launcher,
        };
        let started = Started {
            published,
            events: sender,
        };
        Ok((monitor, started))
    }
}

/// Readers who keep up miss nothing, also where every check changes at once.
const MANY_CHANGES: usize = 256;

/// So many lines wait for a slow log, and two for each check.
const MANY_LINES: usize = 1_024;

fn log(
    place: &Place,
    published: &Arc<Published>,
    version: &Arc<watch::Sender<u64>>,
    capacity: usize,
) -> io::Result<Log> {
    match place {
        Place::Process { .. } => {
            let watchdog = Watchdog {
                published: Arc::clone(published),
                changes: published.changes.clone(),
                version: Arc::downgrade(version),
            };
            Log::thread(capacity, current_dispatch(), watchdog)
        }
        #[cfg(any(test, feature = "test-util"))]
        Place::Test(_) => {
            let process = published.process.lock();
            *process.unwrap_or_else(PoisonError::into_inner) = ProcessReport::sample();
            Ok(Log::here(current_dispatch()))
        }
        #[cfg(feature = "__simulation")]
        Place::Simulated(stage) => Ok(stage.log()),
    }
}

fn jitter(place: &Place) -> Jitter {
    match place {
        #[cfg(feature = "__simulation")]
        Place::Simulated(stage) => {
            let stage = stage.clone();
            Jitter::new(move || stage.world.random())
        }
        _ => Jitter::random(),
    }
}

/// Readiness outlives a silent monitor no longer than its first verdict would, and what is not alive is
/// not ready; liveness gives it more time.
fn limits(checks: &[(Described, Work)], stall_limit: Duration) -> Limits {
    let asked = checks
        .iter()
        .filter(|(check, _)| check.class.is_readiness());
    let age_limits = asked.map(|(check, _)| check.schedule.age_limit());
    Limits {
        readiness: age_limits.chain([stall_limit]).min().unwrap_or(stall_limit),
        liveness: stall_limit,
    }
}
