use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};

use tokio::sync::{broadcast, watch};

use crate::changes::{Change, ChangeKind};
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

impl Watchdog {
    /// Tells once that the monitor is silent: readers see it without the monitor.
    pub(crate) fn look(&mut self) -> Vec<ChangeKind> {
        let mut news = Vec::new();
        for question in [Question::Readiness, Question::Liveness] {
            let told = self.published.told_silent(question);
            if told.load(Ordering::Acquire) || !self.published.seen(question).silent {
                continue;
            }
            told.store(true, Ordering::Release);
            news.extend(silence(&self.published, question, true).inspect(|kind| self.tell(kind)));
        }
        news
    }

    pub(crate) fn sample_process(&self) {
        let sample = ProcessReport::sample();
        let process = self.published.process.lock();
        *process.unwrap_or_else(PoisonError::into_inner) = sample;
    }

    fn tell(&self, kind: &ChangeKind) {
        if let Some(version) = self.version.upgrade() {
            version.send_modify(|version| *version += 1);
        }
        if let Some(changes) = self.changes.upgrade() {
            // Nobody may be following.
            let (at, kind) = (self.published.clock.wall(), kind.clone());
            let _ = changes.send(Arc::new(Change { at, kind }));
        }
    }
}

/// What it changes for readers that the monitor, of whose silence they were told, moves again.
pub(crate) fn moves_again(published: &Published) -> Vec<ChangeKind> {
    [Question::Readiness, Question::Liveness]
        .into_iter()
        .filter(|question| {
            published
                .told_silent(*question)
                .swap(false, Ordering::AcqRel)
        })
        .filter_map(|question| silence(published, question, false))
        .collect()
}

/// What it changes for readers that the monitor falls silent, or moves again.
fn silence(published: &Published, question: Question, begins: bool) -> Option<ChangeKind> {
    let snapshot = published.snapshot();
    let judged = |silent| {
        let seen = Seen {
            silent,
            ..published.seen_at_once(question)
        };
        &snapshot.view(seen).judged
    };
    let (before, now) = (judged(!begins), judged(begins));
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
