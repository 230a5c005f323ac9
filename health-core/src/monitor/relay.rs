use std::cell::Cell;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use tokio::sync::mpsc::UnboundedSender;

use super::event::Event;

/// The way on which runs are woken by other runs: through the monitor.
///
/// A runtime keeps what a task wakes for the worker that this task holds, where no other worker takes it
/// up. A run that wakes another one and then blocks its thread would hold that one up as well. What is
/// woken from outside of the runtime is taken up by any worker that is free.
///
/// Dropped, it wakes who still waits, and from then on everybody is woken directly.
#[derive(Debug)]
pub(crate) struct Relay(Arc<Waiting>);

/// The runs that the monitor is to wake.
#[derive(Debug)]
pub(crate) struct Waiting {
    events: UnboundedSender<Event>,
    /// `None` when nobody would wake them.
    runs: Mutex<Option<Vec<Arc<RunWaker>>>>,
}

/// What wakes a run, as the code of its check knows it.
#[derive(Debug)]
pub(crate) struct RunWaker {
    /// The runtime's own.
    task: Waker,
    waiting: Arc<Waiting>,
    /// Whether it is among those that wait, so that nobody is there twice; changed under their lock alone.
    is_waiting: AtomicBool,
}

thread_local! {
    /// The waker of the run that is polled on this thread.
    static POLLED: Cell<*const RunWaker> = const { Cell::new(ptr::null()) };
}

impl Relay {
    pub(crate) fn new(events: UnboundedSender<Event>) -> Relay {
        Relay(Arc::new(Waiting {
            events,
            runs: Mutex::new(Some(Vec::new())),
        }))
    }

    /// What the wakers of runs are made with.
    pub(crate) fn waiting(&self) -> &Arc<Waiting> {
        &self.0
    }

    /// Wakes those that wait, from the thread on which this is called.
    pub(crate) fn wake(&self) {
        let runs = self.0.take(|runs| runs.as_mut().map(mem::take));
        wake_all(runs);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        wake_all(self.0.take(Option::take));
    }
}

fn wake_all(runs: Option<Vec<Arc<RunWaker>>>) {
    for run in runs.into_iter().flatten() {
        run.task.wake_by_ref();
    }
}

impl Waiting {
    /// Adds a run, and tells the monitor where it is the first; `false` when nobody would wake it.
    fn add(&self, run: &Arc<RunWaker>) -> bool {
        let is_first = match &mut *self.runs() {
            None => return false,
            Some(_) if run.is_waiting.swap(true, Ordering::Relaxed) => false,
            Some(runs) => {
                runs.push(Arc::clone(run));
                runs.len() == 1
            }
        };
        if is_first {
            // A monitor that has ended has woken them, or does so when it is dropped.
            let _ = self.events.send(Event::Woken);
        }
        true
    }

    /// Takes runs out, which may be added again from now on.
    fn take(
        &self,
        take: impl FnOnce(&mut Option<Vec<Arc<RunWaker>>>) -> Option<Vec<Arc<RunWaker>>>,
    ) -> Option<Vec<Arc<RunWaker>>> {
        let mut runs = self.runs();
        let taken = take(&mut runs);
        for run in taken.iter().flatten() {
            run.is_waiting.store(false, Ordering::Relaxed);
        }
        taken
    }

    fn runs(&self) -> MutexGuard<'_, Option<Vec<Arc<RunWaker>>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunWaker {
    pub(crate) fn new(task: Waker, waiting: Arc<Waiting>) -> RunWaker {
        RunWaker {
            task,
            waiting,
            is_waiting: AtomicBool::new(false),
        }
    }

    /// Whether this is the way to the task of this waker.
    pub(crate) fn is_for(&self, task: &Waker) -> bool {
        self.task.will_wake(task)
    }

    /// Runs code of the run's check, on whose thread others may be woken.
    pub(crate) fn poll<T>(run: Option<&Arc<RunWaker>>, code: impl FnOnce() -> T) -> T {
        struct Before(*const RunWaker);
        impl Drop for Before {
            fn drop(&mut self) {
                POLLED.set(self.0);
            }
        }
        let _before = Before(POLLED.replace(run.map_or(ptr::null(), Arc::as_ptr)));
        code()
    }
}

impl Wake for RunWaker {
    fn wake(self: Arc<RunWaker>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<RunWaker>) {
        let polled = POLLED.get();
        let is_woken_by_another = !polled.is_null() && polled != Arc::as_ptr(self);
        if !is_woken_by_another || !self.waiting.add(self) {
            self.task.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::mpsc::{self, UnboundedReceiver};

    use super::*;

    /// The task of a run: counts how often it is woken.
    #[derive(Default)]
    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Task>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Task {
        fn woken(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn relay() -> (Relay, UnboundedReceiver<Event>) {
        let (events, news) = mpsc::unbounded_channel();
        (Relay::new(events), news)
    }

    fn run(relay: &Relay) -> (Arc<Task>, Arc<RunWaker>) {
        let task = Arc::new(Task::default());
        let waker = RunWaker::new(Arc::clone(&task).into(), Arc::clone(relay.waiting()));
        (task, Arc::new(waker))
    }

    #[test]
    fn a_run_that_another_one_wakes_is_woken_by_the_monitor() {
        let (relay, mut news) = relay();
        let ((_, waker), (task, woken)) = (run(&relay), run(&relay));
        RunWaker::poll(Some(&waker), || woken.wake_by_ref());
        assert_eq!(task.woken(), 0, "not by the worker");
        assert!(matches!(news.try_recv(), Ok(Event::Woken)));
        relay.wake();
        assert_eq!(task.woken(), 1);
        relay.wake();
        assert_eq!(task.woken(), 1, "once");
    }

    #[test]
    fn a_run_is_woken_directly_by_itself_and_by_who_is_no_run() {
        let (relay, mut news) = relay();
        let ((_, other), (task, waker)) = (run(&relay), run(&relay));
        RunWaker::poll(Some(&waker), || waker.wake_by_ref());
        assert_eq!(task.woken(), 1);
        waker.wake_by_ref();
        assert_eq!(task.woken(), 2);
        // A poll is over when it has returned, also within another one, and when it panicked.
        RunWaker::poll(Some(&waker), || {
            RunWaker::poll(Some(&other), || ());
            waker.wake_by_ref();
        });
        assert_eq!(task.woken(), 3);
        let panics = || RunWaker::poll(Some(&other), || panic!("it fails"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        waker.wake();
        assert_eq!(task.woken(), 4);
        assert!(news.is_empty(), "{:?}", news.try_recv());
    }

    #[test]
    fn a_run_that_is_woken_a_million_times_is_one_that_waits() {
        let (relay, news) = relay();
        let ((_, waker), (task, woken), (_, third)) = (run(&relay), run(&relay), run(&relay));
        RunWaker::poll(Some(&waker), || {
            for _ in 0..1_000_000 {
                woken.wake_by_ref();
                third.wake_by_ref();
            }
        });
        assert_eq!(news.len(), 1, "one piece of news");
        assert_eq!(relay.0.runs().as_ref().map(Vec::len), Some(2));
        relay.wake();
        assert_eq!(task.woken(), 1);
        RunWaker::poll(Some(&waker), || woken.wake_by_ref());
        assert_eq!(news.len(), 2, "it can wait again");
    }

    #[test]
    fn no_wake_is_lost_with_the_monitor() {
        let (relay, news) = relay();
        let ((_, waker), (task, woken)) = (run(&relay), run(&relay));
        RunWaker::poll(Some(&waker), || woken.wake_by_ref());
        drop(news);
        assert_eq!(task.woken(), 0);
        drop(relay);
        assert_eq!(task.woken(), 1, "asked for before the end");
        RunWaker::poll(Some(&waker), || woken.wake_by_ref());
        assert_eq!(task.woken(), 2, "asked for after it");
    }
}
