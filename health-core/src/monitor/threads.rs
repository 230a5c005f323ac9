use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

/// The threads of plain functions: kept for a while and used again, and never more of them than runs
/// that have not ended.
#[derive(Debug)]
pub(crate) struct Threads {
    idle: Arc<Idle>,
    /// Entered by every thread, so that a plain function can hand work to the application's runtime.
    runtime: Option<Handle>,
}

/// What a thread runs.
type Job = Box<dyn FnOnce() + Send>;

/// Threads without work, the one that was last at work on top. They end with it.
#[derive(Default)]
struct Idle(Mutex<Vec<Thread>>);

struct Thread {
    id: thread::ThreadId,
    jobs: Sender<Job>,
}

/// A thread without work ends after this.
const KEPT: Duration = Duration::from_secs(30);

impl Threads {
    pub(crate) fn new(runtime: Option<Handle>) -> Threads {
        Threads {
            idle: Arc::default(),
            runtime,
        }
    }

    /// Runs a job on a thread; where the system gives none, the job is dropped.
    pub(crate) fn run(&self, mut job: Job) {
        while let Some(thread) = self.idle.take() {
            match thread.jobs.send(job) {
                Ok(()) => return,
                // It has just ended.
                Err(mpsc::SendError(unsent)) => job = unsent,
            }
        }
        let (idle, runtime) = (Arc::downgrade(&self.idle), self.runtime.clone());
        let thread = thread::Builder::new().name("health-check".into());
        drop(thread.spawn(move || {
            let _entered = runtime.as_ref().map(Handle::enter);
            work(job, &idle);
        }));
    }
}

/// Does one job after the other, until there is none for a while.
fn work(mut job: Job, idle: &Weak<Idle>) {
    loop {
        job();
        let (sender, jobs) = mpsc::channel();
        let Some(pool) = idle.upgrade() else {
            return;
        };
        let id = thread::current().id();
        pool.add(Thread { id, jobs: sender });
        drop(pool);
        job = match jobs.recv_timeout(KEPT) {
            Ok(job) => job,
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                if idle.upgrade().is_none_or(|pool| pool.remove(id)) {
                    return;
                }
                // It was taken just now, so its job is on the way.
                match jobs.recv() {
                    Ok(job) => job,
                    Err(mpsc::RecvError) => return,
                }
            }
        };
    }
}

impl Idle {
    fn take(&self) -> Option<Thread> {
        self.threads().pop()
    }

    fn add(&self, thread: Thread) {
        self.threads().push(thread);
    }

    /// Takes out the thread of this id; `false` where it is not there any more.
    fn remove(&self, id: thread::ThreadId) -> bool {
        let mut threads = self.threads();
        let before = threads.len();
        threads.retain(|thread| thread.id != id);
        threads.len() < before
    }

    fn threads(&self) -> MutexGuard<'_, Vec<Thread>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle")
            .field("threads", &self.threads().len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thread that a job ran on, once it has ended.
    fn ran_on(threads: &Threads) -> thread::ThreadId {
        let (sender, receiver) = mpsc::channel();
        threads.run(Box::new(move || {
            sender.send(thread::current().id()).unwrap();
        }));
        let id = receiver.recv().unwrap();
        // Idle again as soon as its job has returned.
        while !threads.idle.threads().iter().any(|thread| thread.id == id) {
            thread::yield_now();
        }
        id
    }

    #[test]
    fn a_thread_is_used_again_and_a_hung_one_is_not() {
        let threads = Threads::new(None);
        let first = ran_on(&threads);
        assert_eq!(ran_on(&threads), first);
        let (release, held) = mpsc::channel::<()>();
        threads.run(Box::new(move || {
            let _ = held.recv();
        }));
        let second = ran_on(&threads);
        assert_ne!(second, first, "the first one hangs");
        assert_eq!(ran_on(&threads), second);
        drop(release);
    }

    #[test]
    fn a_thread_that_was_taken_is_not_there_to_be_removed() {
        let threads = Threads::new(None);
        let (release, held) = mpsc::channel::<()>();
        let first = ran_on(&threads);
        threads.run(Box::new(move || {
            let _ = held.recv();
        }));
        let second = ran_on(&threads);
        assert!(!threads.idle.remove(first), "it is at work");
        assert_eq!(threads.idle.threads().len(), 1);
        assert!(threads.idle.remove(second));
        assert_eq!(threads.idle.threads().len(), 0);
        drop(release);
    }

    #[test]
    fn only_the_thread_of_an_id_is_removed() {
        let idle = Idle::default();
        let id = || thread::spawn(|| thread::current().id()).join().unwrap();
        let ids = [id(), id(), id()];
        for id in ids {
            let (jobs, _) = mpsc::channel();
            idle.add(Thread { id, jobs });
        }
        assert!(idle.remove(ids[1]));
        let left: Vec<_> = idle.threads().iter().map(|thread| thread.id).collect();
        assert_eq!(left, [ids[0], ids[2]]);
        assert!(!idle.remove(ids[1]));
    }

    #[test]
    fn the_threads_end_with_their_pool() {
        let threads = Threads::new(None);
        ran_on(&threads);
        let idle = Arc::downgrade(&threads.idle);
        drop(threads);
        while idle.upgrade().is_some() {
            thread::yield_now();
        }
    }
}
