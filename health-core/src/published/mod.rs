//! Where the monitor puts what it found, and readers find it. No lock is on the way of a public answer.

pub(crate) mod answer;
pub(crate) mod process;
pub(crate) mod recent;
pub(crate) mod record;
pub(crate) mod snapshot;
mod tick;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{broadcast, watch};

use crate::changes::Change;
use crate::clock::Clock;
use crate::declare::feature::Feature;
use crate::heartbeat::HeartbeatCell;
use crate::judge::facts::{Facts, Seen};
use crate::judge::liveness::Liveness;
use crate::judge::readiness::{Readiness, ReadinessStatus};
use crate::judge::startup::Startup;

use crate::task::TaskCell;
use answer::{Answer, Find};
use process::ProcessReport;
use recent::Recent;
use record::Record;
use snapshot::Snapshot;
pub(crate) use tick::Question;
use tick::Tick;

/// What a service publishes, and the little that its handles tell it without a message.
pub(crate) struct Published {
    pub(crate) clock: Clock,
    pub(crate) started: Instant,
    pub(crate) identity: Identity,
    limits: Limits,
    snapshot: ArcSwap<Snapshot>,
    tick: Tick,
    /// What only the private answer shows of each check, read where it lies.
    records: Box<[Mutex<Record>]>,
    /// What only the private answer shows of the service.
    pub(crate) lag: Lag,
    pub(crate) process: Mutex<ProcessReport>,
    pub(crate) recent: Recent,
    pub(crate) tasks: Box<[Arc<TaskCell>]>,
    /// By name, so that no two of one name beat.
    pub(crate) heartbeats: Mutex<HashMap<Arc<str>, Weak<HeartbeatCell>>>,
    /// Latched. Readers look at these two themselves, so that readiness fails at the very call.
    draining: Arc<AtomicBool>,
    broken: OnceLock<Arc<str>>,
    /// When draining began.
    pub(crate) drained_from: watch::Sender<Option<Instant>>,
    /// For how long listeners stay open after that, in no order.
    pub(crate) drain_delays: watch::Sender<Vec<Duration>>,
    /// By question, whether it was told that the monitor is silent, and not yet that it moves again.
    told_silent: [AtomicBool; 2],
    /// Both end with the monitor, which has the senders.
    pub(crate) changes: broadcast::WeakSender<Arc<Change>>,
    pub(crate) versions: watch::Receiver<u64>,
}

/// Which service this is.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) service: Arc<str>,
    /// The name of the machine or pod.
    pub(crate) instance: Option<Arc<str>>,
    pub(crate) version: Option<Arc<str>>,
}

/// How long the monitor may be silent before an answer says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) readiness: Duration,
    pub(crate) liveness: Duration,
}

/// How long the application's runtime lately took to run a task.
#[derive(Debug)]
pub(crate) struct Lag(AtomicU64);

impl Lag {
    const UNKNOWN: u64 = u64::MAX;

    pub(crate) fn set(&self, lag: Duration) {
        let nanos = u64::try_from(lag.as_nanos()).unwrap_or(Lag::UNKNOWN - 1);
        self.0.store(nanos, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            Lag::UNKNOWN => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }
}

impl Default for Lag {
    fn default() -> Lag {
        Lag(AtomicU64::new(Lag::UNKNOWN))
    }
}

impl Published {
    pub(crate) fn new(
        first: Facts,
        clock: Clock,
        identity: Identity,
        tasks: Box<[Arc<TaskCell>]>,
        limits: Limits,
        changes: &broadcast::Sender<Arc<Change>>,
        versions: watch::Receiver<u64>,
    ) -> Published {
        Published {
            clock,
            started: clock.now(),
            identity,
            limits,
            tick: Tick::new(),
            records: first.checks.list.iter().map(|_| Mutex::default()).collect(),
            snapshot: ArcSwap::from_pointee(Snapshot::new(first)),
            lag: Lag::default(),
            process: Mutex::default(),
            recent: Recent::default(),
            tasks,
            heartbeats: Mutex::default(),
            draining: Arc::default(),
            broken: OnceLock::new(),
            drained_from: watch::Sender::new(None),
            drain_delays: watch::Sender::new(Vec::new()),
            told_silent: Default::default(),
            changes: changes.downgrade(),
            versions,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    // What the monitor does.

    pub(crate) fn publish(&self, snapshot: Arc<Snapshot>) {
        self.snapshot.store(snapshot);
    }

    /// Says that the monitor moves.
    pub(crate) fn tick(&self, now: Instant) {
        self.tick.tick(self.micros(now));
    }

    /// Says that the monitor has ended, and is not silent for that.
    pub(crate) fn end(&self) {
        self.tick.end();
    }

    /// Whether readers with this question were told that the monitor is silent; it asks once.
    pub(crate) fn was_told_silent(&self, question: Question) -> bool {
        self.tick.was_told_silent(question)
    }

    /// What is known of one check. Held for a moment only, and no code of others runs meanwhile.
    pub(crate) fn record(&self, index: usize) -> MutexGuard<'_, Record> {
        let record = self.records[index].lock();
        record.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it was told to those who follow that the monitor is silent.
    pub(crate) fn told_silent(&self, question: Question) -> &AtomicBool {
        &self.told_silent[question as usize]
    }

    // What handles do.

    /// Begins to drain; says whether this call was the one. Nothing undoes it.
    pub(crate) fn drain(&self) -> bool {
        let now = self.now();
        let began = !self.draining.swap(true, Ordering::AcqRel);
        self.drained_from
            .send_if_modified(|from| from.is_none() && from.replace(now).is_none());
        began
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// The latch of draining, for those who only look at it.
    pub(crate) fn draining(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.draining)
    }

    /// Declares the application broken; says whether this call was the one. Nothing undoes it.
    pub(crate) fn break_with(&self, reason: Arc<str>) -> bool {
        self.broken.set(reason).is_ok()
    }

    pub(crate) fn broken(&self) -> Option<&Arc<str>> {
        self.broken.get()
    }

    // What readers do.

    pub(crate) fn liveness(&self) -> Answer<Liveness> {
        let seen = self.seen(Question::Liveness);
        Answer::published(self.snapshot.load(), seen, Find::Whole(Snapshot::liveness))
    }

    pub(crate) fn readiness(&self) -> Answer<Readiness> {
        let seen = self.seen(Question::Readiness);
        Answer::published(self.snapshot.load(), seen, Find::Whole(Snapshot::readiness))
    }

    pub(crate) fn startup(&self) -> Answer<Startup> {
        let seen = self.seen(Question::Readiness);
        Answer::published(self.snapshot.load(), seen, Find::Whole(Snapshot::startup))
    }

    pub(crate) fn readiness_of(&self, feature: &Feature) -> Answer<Readiness> {
        let seen = self.seen(Question::Readiness);
        let snapshot = self.snapshot.load();
        match snapshot.facts.checks.feature(feature.name()) {
            Some(index) => Answer::published(snapshot, seen, Find::Nth(Snapshot::feature, index)),
            None => Answer::made(snapshot.readiness(seen).for_feature(feature.clone())),
        }
    }

    /// The status alone of a feature's readiness: what stands before every request must cost little.
    pub(crate) fn status_of(&self, feature: &Feature) -> ReadinessStatus {
        let snapshot = self.snapshot.load();
        let judged = &snapshot.view(self.seen(Question::Readiness)).judged;
        match snapshot.facts.checks.feature(feature.name()) {
            Some(index) => judged.features[index].0,
            None => judged.readiness.0,
        }
    }

    /// What follows for a reader, at once and consistent: the snapshot, and what is seen besides it.
    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// What a reader with this question sees, and the monitor may not have told yet.
    pub(crate) fn seen(&self, question: Question) -> Seen {
        let now = self.micros(self.clock.now());
        let limit = self.limit(question);
        self.seen_if(self.tick.is_silent(question, now, limit))
    }

    /// The same for who does not wait for a suspicion to hold.
    pub(crate) fn seen_at_once(&self, question: Question) -> Seen {
        let age = self.silent_for();
        self.seen_if(age.is_some_and(|age| age > self.limit(question)))
    }

    /// How long ago the monitor had its last turn; `None` when it has ended.
    pub(crate) fn silent_for(&self) -> Option<Duration> {
        self.tick.age(self.micros(self.clock.now()))
    }

    fn seen_if(&self, silent: bool) -> Seen {
        Seen {
            silent,
            draining: self.is_draining(),
            broken: self.broken.get().is_some(),
        }
    }

    fn limit(&self, question: Question) -> Duration {
        match question {
            Question::Readiness => self.limits.readiness,
            Question::Liveness => self.limits.liveness,
        }
    }

    fn micros(&self, instant: Instant) -> u64 {
        u64::try_from(instant.saturating_duration_since(self.started).as_micros())
            .unwrap_or(u64::MAX - 1)
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published")
            .field("snapshot", &self.snapshot.load())
            .finish_non_exhaustive()
    }
}
