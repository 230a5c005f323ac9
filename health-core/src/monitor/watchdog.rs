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
