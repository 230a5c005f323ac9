use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use crate::declare::outcome::chain;
use crate::judge::task::{Task, TaskStatus};
use crate::redact::redacted;

/// Work that startup waits for, declared with [`Builder::startup_task`](crate::Builder::startup_task).
///
/// A task that is dropped before it is complete has failed: startup cannot complete then.
///
/// ```
/// use health_core::Health;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut builder = Health::builder().allow_empty();
/// let catalog = builder.startup_task("catalog");
/// let health = builder.start()?;
///
/// catalog.progress(0.4);
/// catalog.complete();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a task that is dropped has failed"]
pub struct StartupTask {
    cell: Arc<TaskCell>,
}

/// What a task and the monitor share.
#[derive(Debug)]
pub(crate) struct TaskCell {
    pub(crate) name: Arc<str>,
    percent: AtomicU8,
    end: OnceLock<Result<(), Arc<str>>>,
}

impl StartupTask {
    pub(crate) fn new(name: &str) -> (StartupTask, Arc<TaskCell>) {
        let cell = Arc::new(TaskCell {
            name: name.into(),
            percent: AtomicU8::new(0),
            end: OnceLock::new(),
        });
        (
            StartupTask {
                cell: Arc::clone(&cell),
            },
            cell,
        )
    }

    /// Sets how much is done, from 0.0 to 1.0; answers show it in whole percents.
    pub fn progress(&self, done: f64) {
        let percent = (done.clamp(0.0, 1.0) * 100.0).floor();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped; a NaN becomes 0"
        )]
        self.cell.percent.store(percent as u8, Ordering::Relaxed);
    }

    /// Completes the task.
    pub fn complete(self) {
        self.end(Ok(()));
    }

    /// Ends the task as failed. `error` is private: `/health/deep` shows it.
    pub fn fail(self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) {
        self.end(Err(redacted(&chain(&*error.into()))));
    }

    fn end(&self, end: Result<(), Arc<str>>) {
        // The first end counts: the drop that follows says nothing new.
        let _ = self.cell.end.set(end);
    }
}

impl Drop for StartupTask {
    fn drop(&mut self) {
        self.end(Err("dropped before it was complete".into()));
    }
}

impl TaskCell {
    pub(crate) fn task(&self) -> Task {
        let percent = self.percent.load(Ordering::Relaxed);
        let (status, percent) = match self.end.get() {
            None => (TaskStatus::Running, percent),
            Some(Ok(())) => (TaskStatus::Complete, 100),
            Some(Err(_)) => (TaskStatus::Failed, percent),
        };
        Task::new(status, f64::from(percent) / 100.0)
    }

    pub(crate) fn error(&self) -> Option<Arc<str>> {
        self.end.get()?.as_ref().err().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_dropped_unfinished_has_failed() {
        let (task, cell) = StartupTask::new("catalog");
        task.progress(0.4);
        drop(task);
        assert_eq!(cell.task().status, TaskStatus::Failed);
        assert!(cell.error().is_some());
    }

    #[test]
    fn progress_is_in_whole_percents() {
        let (task, cell) = StartupTask::new("catalog");
        for (done, shown) in [(0.429, 0.42), (-1.0, 0.0), (7.0, 1.0), (f64::NAN, 0.0)] {
            task.progress(done);
            assert!((cell.task().progress - shown).abs() < 1e-9, "{done}");
        }
        task.complete();
        assert_eq!(
            cell.task(),
            Task {
                status: TaskStatus::Complete,
                progress: 1.0
            }
        );
    }
}
