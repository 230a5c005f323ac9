use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use tokio::sync::{broadcast, watch};

use crate::changes::{Change, ChangeKind};
use crate::judge::Judged;
use crate::judge::facts::Seen;
use crate::published::process::ProcessReport;
use crate::published::{Published, Question};

/// Looks after the monitor from another thread: that it has fallen silent only others can tell.
///
/// When it moves again the monitor tells that itself, before its own news.
#[derive(Debug)]
pub(crate) struct Watchdog {
    pub(crate) published: Arc<Published>,
    pub(crate) changes: broadcast::WeakSender<Arc<Change>>,
    pub(crate) version: Weak<watch::Sender<u64>>,
}

/// How often it looks, and how many looks are between two samples of the process's figures.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
const SAMPLES_EVERY: u32 = 10;

impl Watchdog {
    /// Looks until the monitor has ended, and tells what it finds.
    pub(crate) fn watch(mut self, tell: impl Fn(ChangeKind)) {
        for look in 0_u32.. {
            if self.version.upgrade().is_none() {
                return;
            }
            if look.is_multiple_of(SAMPLES_EVERY) {
                self.sample_process();
            }
            self.look().into_iter().for_each(&tell);
            thread::sleep(LOOKS_EVERY);
        }
    }

    /// Tells once that the monitor is silent: readers see it without the monitor.
    fn look(&mut self) -> Vec<ChangeKind> {
        let mut news = Vec::new();
        for question in [Question::Readiness, Question::Liveness] {
            let told = self.published.told_silent(question);
            if told.load(Ordering::Acquire) || !self.published.seen(question).silent {
                continue;
            }
            told.store(true, Ordering::Release);
            news.extend(silence(&self.published, question).inspect(|kind| self.tell(kind)));
        }
        news
    }

    fn sample_process(&self) {
        let sample = ProcessReport::sample();
        let process = self.published.process.lock();
        *process.unwrap_or_else(PoisonError::into_inner) = sample;
    }

    fn tell(&self, kind: &ChangeKind) {
        if let Some(version) = self.version.upgrade() {
            version.send_modify(|version| *version += 1);
        }
        let (at, kind) = (self.published.clock.wall(), kind.clone());
        let change = Arc::new(Change { at, kind });
        self.published.recent.push(&change);
        if let Some(changes) = self.changes.upgrade() {
            // Nobody may be following.
            let _ = changes.send(change);
        }
    }
}

/// What those who follow were told last, where that is that the monitor is silent: it moves again.
pub(crate) fn told_last(published: &Published, judged: &mut Judged) -> bool {
    let mut moves_again = false;
    for question in [Question::Readiness, Question::Liveness] {
        if !published
            .told_silent(question)
            .swap(false, Ordering::AcqRel)
        {
            continue;
        }
        moves_again = true;
        let snapshot = published.snapshot();
        let silent = &snapshot.view(silent(published, question)).judged;
        match question {
            Question::Readiness => judged.readiness = silent.readiness,
            Question::Liveness => judged.liveness = silent.liveness,
        }
    }
    moves_again
}

/// What it changes for readers that the monitor falls silent.
fn silence(published: &Published, question: Question) -> Option<ChangeKind> {
    let snapshot = published.snapshot();
    let silent = silent(published, question);
    let moving = Seen {
        silent: false,
        ..silent
    };
    let (before, now) = (&snapshot.view(moving).judged, &snapshot.view(silent).judged);
    match question {
        Question::Readiness if before.readiness != now.readiness => {
            let ((from, _), (to, reason)) = (before.readiness, now.readiness);
            Some(ChangeKind::Readiness { from, to, reason })
        }
        Question::Liveness if before.liveness != now.liveness => {
            let ((from, _), (to, reason)) = (before.liveness, now.liveness);
            Some(ChangeKind::Liveness { from, to, reason })
        }
        Question::Readiness | Question::Liveness => None,
    }
}

/// What readers see when the monitor is silent.
fn silent(published: &Published, question: Question) -> Seen {
    Seen {
        silent: true,
        ..published.seen_at_once(question)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::changes::Changes;
    use crate::clock::Clock;
    use crate::judge::judge;
    use crate::judge::liveness::LivenessStatus;
    use crate::judge::readiness::ReadinessStatus;
    use crate::judge::verdict::ServiceReason;
    use crate::monitor::turn::Monitor;
    use crate::monitor::{Place, Settings};
    use crate::published::Identity;

    const LIMIT: Duration = Duration::from_secs(30);
    const HALF: Duration = Duration::from_millis(500);

    /// A monitor that does not move, and who looks after it.
    fn silent(clock: Clock) -> (Monitor, Watchdog) {
        let identity = Identity {
            service: "orders".into(),
            instance: None,
            version: None,
        };
        let settings = Settings {
            clock,
            place: Place::test(),
            threads: 1,
            identity,
            stall_limit: LIMIT,
            checks: Vec::new(),
            tasks: Vec::new(),
        };
        let (monitor, started) = Monitor::new(settings).unwrap();
        let watchdog = Watchdog {
            changes: started.published.changes.clone(),
            version: Arc::downgrade(&monitor.version),
            published: started.published,
        };
        (monitor, watchdog)
    }

    fn is_stale(kind: &ChangeKind) -> bool {
        let stale = Some(ServiceReason::Stale);
        match kind {
            ChangeKind::Readiness { from, to, reason } => {
                (*from, *to) == (ReadinessStatus::Ready, ReadinessStatus::NotReady)
                    && *reason == stale
            }
            ChangeKind::Liveness { from, to, reason } => {
                (*from, *to) == (LivenessStatus::Alive, LivenessStatus::NotAlive)
                    && *reason == stale
            }
            _ => false,
        }
    }

    /// What was told last: whether that the monitor is silent, readiness and liveness.
    fn told(monitor: &Monitor, watchdog: &Watchdog) -> (bool, ReadinessStatus, LivenessStatus) {
        let mut judged = judge(&monitor.facts, Seen::default());
        let moves_again = told_last(&watchdog.published, &mut judged);
        (moves_again, judged.readiness.0, judged.liveness.0)
    }

    #[tokio::test(start_paused = true)]
    async fn that_the_monitor_is_silent_is_told_once_to_everybody() {
        let (monitor, mut watchdog) = silent(Clock::Tokio);
        let mut changes = Changes::new(&watchdog.changes);
        advance(LIMIT).await;
        assert!(watchdog.look().is_empty(), "within the limit");
        advance(HALF).await;
        assert!(watchdog.look().is_empty(), "a suspicion");
        advance(HALF).await;
        let told = watchdog.look();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(is_stale), "{told:?}");
        assert_eq!(*monitor.version.borrow(), 2, "who waits for a change looks");
        for _ in 0..2 {
            assert!(
                changes
                    .try_next()
                    .is_some_and(|change| is_stale(&change.kind))
            );
        }
        advance(LIMIT).await;
        assert!(watchdog.look().is_empty(), "told already");
        assert_eq!(changes.try_next(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_told_last_is_that_the_monitor_is_silent_and_it_is_asked_for_once() {
        let (monitor, mut watchdog) = silent(Clock::Tokio);
        let well = (false, ReadinessStatus::Ready, LivenessStatus::Alive);
        assert_eq!(told(&monitor, &watchdog), well);
        for wait in [LIMIT + HALF, HALF] {
            advance(wait).await;
            watchdog.look();
        }
        // Also where it has moved just now.
        watchdog.published.tick(Clock::Tokio.now());
        assert_eq!(
            told(&monitor, &watchdog),
            (true, ReadinessStatus::NotReady, LivenessStatus::NotAlive)
        );
        assert_eq!(told(&monitor, &watchdog), well);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_change_hears_that_the_monitor_moves_again() {
        let (monitor, mut watchdog) = silent(Clock::Tokio);
        for wait in [LIMIT + HALF, HALF] {
            advance(wait).await;
            watchdog.look();
        }
        let mut versions = watchdog.published.versions.clone();
        versions.mark_unchanged();
        tokio::spawn(monitor.run());
        let heard = tokio::time::timeout(LIMIT, versions.changed()).await;
        assert!(heard.is_ok_and(|heard| heard.is_ok()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_readers_know_for_another_reason_is_not_told_again() {
        let (_monitor, mut watchdog) = silent(Clock::Tokio);
        watchdog.published.drain();
        for wait in [LIMIT + HALF, HALF] {
            advance(wait).await;
            let told = watchdog.look();
            let is_of_liveness = |kind: &ChangeKind| matches!(kind, ChangeKind::Liveness { .. });
            assert!(told.iter().all(is_of_liveness), "{told:?}");
        }
        assert!(watchdog.published.break_with("beyond repair".into()));
        assert_eq!(silence(&watchdog.published, Question::Liveness), None);
    }

    #[test]
    fn it_samples_the_process_until_the_monitor_has_ended() {
        let (monitor, watchdog) = silent(Clock::System);
        let published = Arc::clone(&watchdog.published);
        let process = || *published.process.lock().unwrap();
        *published.process.lock().unwrap() = ProcessReport::default();
        let watches = thread::spawn(move || watchdog.watch(|_| ()));
        while process() == ProcessReport::default() {
            thread::yield_now();
        }
        drop(monitor);
        watches.join().unwrap();
    }
}
