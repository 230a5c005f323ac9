use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::changes::{Change, ChangeKind};
use crate::declare::status::Status;

/// The last changes: a ring that never grows.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<Arc<Change>>>);

impl Recent {
    const KEPT: usize = 50;

    pub(crate) fn push(&self, change: &Arc<Change>) {
        if !is_news(&change.kind) {
            return;
        }
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if changes.len() == Recent::KEPT {
            changes.pop_front();
        }
        changes.push_back(Arc::clone(change));
    }

    /// Returns the changes, oldest first.
    pub(crate) fn changes(&self) -> Vec<Arc<Change>> {
        let changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        changes.iter().cloned().collect()
    }
}

/// A thousand first passes, or every percent of a task, would push out what somebody looks for.
fn is_news(kind: &ChangeKind) -> bool {
    match kind {
        ChangeKind::Check { from, to, .. } => {
            (from.status, to.status) != (Status::Unknown, Status::Healthy)
        }
        ChangeKind::Task { from, to, .. } => from.status != to.status,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::declare::class::Class;
    use crate::declare::status::Reason;
    use crate::judge::task::{Task, TaskStatus};
    use crate::judge::verdict::Verdict;

    fn change(kind: ChangeKind) -> Arc<Change> {
        let at = SystemTime::UNIX_EPOCH;
        Arc::new(Change { at, kind })
    }

    fn check(name: &str, from: Verdict, to: Verdict) -> Arc<Change> {
        let (name, class) = (name.into(), Class::Critical);
        change(ChangeKind::Check {
            name,
            class,
            from,
            to,
        })
    }

    #[test]
    fn the_last_fifty_changes_are_kept_oldest_first() {
        let recent = Recent::default();
        let failed = Verdict::unhealthy(Reason::Failed);
        for n in 0..70 {
            recent.push(&check(&n.to_string(), Verdict::HEALTHY, failed));
        }
        let names = recent
            .changes()
            .into_iter()
            .map(|change| change.kind.to_string());
        let expected = (20..70).map(|n| format!("{n} is unhealthy (failed)"));
        assert!(names.eq(expected));
    }

    #[test]
    fn first_passes_and_percents_of_a_task_are_no_news() {
        let recent = Recent::default();
        recent.push(&check("database", Verdict::PENDING, Verdict::HEALTHY));
        let task = |status, progress| Task { status, progress };
        let (from, to) = (
            task(TaskStatus::Running, 0.1),
            task(TaskStatus::Running, 0.2),
        );
        let name: Arc<str> = "catalog".into();
        recent.push(&change(ChangeKind::Task {
            name: name.clone(),
            from,
            to,
        }));
        assert_eq!(recent.changes(), []);
        let from = task(TaskStatus::Complete, 1.0);
        recent.push(&change(ChangeKind::Task {
            name,
            from: to,
            to: from,
        }));
        assert_eq!(recent.changes().len(), 1);
    }
}
