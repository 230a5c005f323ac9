use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tracing::Dispatch;

use super::event::Event;
use super::relay::Relay;
use super::run::{AsyncRun, Cancel, EndGuard, Ping, Run, Scope, run_here};
use super::threads::Threads;
use super::workers::{Polls, Workers};
use crate::clock::Clock;
use crate::declare::work::{Kind, Work};

/// Where runs run: the one place that knows threads and runtimes.
#[derive(Debug)]
pub(crate) struct Launcher {
    place: Place,
    clock: Clock,
    events: UnboundedSender<Event>,
    relay: Relay,
    pub(crate) workers: Arc<Workers>,
    dispatch: Option<Dispatch>,
}

/// Where a service's runs run.
pub(crate) enum Place {
    /// Async ones on the application's runtime, if it has one; plain functions on threads.
    Process {
        runtime: Option<Handle>,
        threads: Threads,
    },
    /// All on the runtime of a test, whose paused clock waits only for what it knows.
    #[cfg(any(test, feature = "test-util"))]
    Test(Handle),
    #[cfg(feature = "__simulation")]
    Simulated(super::simulated::Stage),
}

impl Place {
    /// This process, with the runtime on which this is called.
    pub(crate) fn process() -> Place {
        let runtime = Handle::try_current().ok();
        Place::Process {
            threads: Threads::new(runtime.clone()),
            runtime,
        }
    }

    /// The runtime of a test, on which this is called; without one, this process.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) fn test() -> Place {
        Handle::try_current().map_or_else(|_| Place::process(), Place::Test)
    }

    /// Whether async checks can run here.
    pub(crate) fn has_runtime(&self) -> bool {
        match self {
            Place::Process { runtime, .. } => runtime.is_some(),
            #[cfg(any(test, feature = "test-util"))]
            Place::Test(_) => true,
            #[cfg(feature = "__simulation")]
            Place::Simulated(_) => true,
        }
    }

    /// The runtime of a test, where this is one.
    pub(crate) fn test_runtime(&self) -> Option<Handle> {
        match self {
            #[cfg(any(test, feature = "test-util"))]
            Place::Test(runtime) => Some(runtime.clone()),
            _ => None,
        }
    }

    fn workers(&self) -> usize {
        match self {
            Place::Process { runtime, .. } => runtime
                .as_ref()
                .map_or(1, |runtime| runtime.metrics().num_workers()),
            #[cfg(any(test, feature = "test-util"))]
            Place::Test(runtime) => runtime.metrics().num_workers(),
            #[cfg(feature = "__simulation")]
            Place::Simulated(stage) => stage.world.workers(),
        }
    }
}

/// Runs the monitor on a thread and a clock that nothing in the application can hold up. In a test it
/// is a task of that test. What it leaves behind is dropped where that may take time, and panic.
pub(crate) fn begin<M>(test: Option<Handle>, monitor: M) -> io::Result<()>
where
    M: Future<Output: Send + 'static> + Send + 'static,
{
    if let Some(runtime) = test {
        runtime.clone().spawn(async move {
            let left = monitor.await;
            // What checks hold may own a runtime, which must not be dropped on one.
            runtime.spawn_blocking(move || drop(left));
        });
        return Ok(());
    }
    let (built, told) = mpsc::channel();
    let begin = move || {
        // Built here: without a thread it would be dropped on the application's runtime, which panics.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        match runtime {
            Ok(runtime) => {
                let _ = built.send(Ok(()));
                let left = runtime.block_on(monitor);
                drop(runtime);
                // With it goes what checks hold, which may own a runtime itself.
                drop(left);
            }
            Err(error) => drop(built.send(Err(error))),
        }
    };
    thread::Builder::new()
        .name("health-monitor".into())
        .spawn(begin)?;
    told.recv()
        .unwrap_or_else(|_| Err(io::Error::other("the monitor ended at once")))
}

impl Launcher {
    pub(crate) fn new(
        place: Place,
        clock: Clock,
        events: UnboundedSender<Event>,
        dispatch: Option<Dispatch>,
    ) -> Launcher {
        Launcher {
            workers: Arc::new(Workers::new(place.workers())),
            relay: Relay::new(events.clone()),
            place,
            clock,
            events,
            dispatch,
        }
    }

    /// Begins a run of the check in a slot. Its end arrives as one event, whatever happens.
    pub(crate) fn launch(&self, slot: usize, check: &Arc<str>, work: &Work) -> Run {
        let guard = EndGuard::new(slot, self.clock, self.events.clone());
        let scope = || Scope::new(Arc::clone(check), self.dispatch.clone());
        let polls = || Arc::new(Polls::new(Arc::clone(&self.workers)));
        match (&self.place, &work.0) {
            #[cfg(feature = "__simulation")]
            (Place::Simulated(stage), kind) => {
                let polls = matches!(kind, Kind::Async(_)).then(polls);
                let (run, cancelled) = super::simulated::Run::new(polls.clone(), guard);
                stage.world.launch(check, run);
                Run {
                    polls,
                    cancel: Cancel::Simulated(cancelled),
                }
            }
            (place, Kind::Async(function)) => {
                let runtime = match place {
                    Place::Process { runtime, .. } => runtime.as_ref(),
                    #[cfg(any(test, feature = "test-util"))]
                    Place::Test(runtime) => Some(runtime),
                    #[cfg(feature = "__simulation")]
                    Place::Simulated(_) => None,
                };
                let runtime = runtime.expect("a registry with async checks has a runtime");
                let polls = polls();
                let run = AsyncRun::new(
                    Arc::clone(function),
                    scope(),
                    Arc::clone(&polls),
                    Arc::clone(self.relay.waiting()),
                    guard,
                );
                Run {
                    polls: Some(polls),
                    cancel: Cancel::Task(runtime.spawn(run).abort_handle()),
                }
            }
            (place, Kind::Blocking(function)) => {
                let (function, scope) = (Arc::clone(function), scope());
                let run = move || run_here(function, scope, guard);
                match place {
                    Place::Process { threads, .. } => threads.run(Box::new(run)),
                    #[cfg(any(test, feature = "test-util"))]
                    Place::Test(runtime) => drop(runtime.spawn_blocking(run)),
                    #[cfg(feature = "__simulation")]
                    Place::Simulated(_) => {}
                }
                Run {
                    polls: None,
                    cancel: Cancel::Thread,
                }
            }
        }
    }

    /// Wakes the runs that other runs woke.
    pub(crate) fn wake_runs(&self) {
        self.relay.wake();
    }

    /// Asks the application's runtime to run a task; when it does, an event says so.
    pub(crate) fn ping(&self) -> bool {
        let ping = || Ping::new(self.clock, self.events.clone());
        match &self.place {
            Place::Process { runtime: None, .. } => return false,
            Place::Process {
                runtime: Some(runtime),
                ..
            } => {
                let ping = ping();
                runtime.spawn(async move { ping.answer() });
            }
            #[cfg(any(test, feature = "test-util"))]
            Place::Test(runtime) => {
                let ping = ping();
                runtime.spawn(async move { ping.answer() });
            }
            #[cfg(feature = "__simulation")]
            Place::Simulated(stage) => stage.world.ping(super::simulated::Ping::new(ping())),
        }
        true
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Process { .. } => "Process",
            #[cfg(any(test, feature = "test-util"))]
            Place::Test(_) => "Test",
            #[cfg(feature = "__simulation")]
            Place::Simulated(_) => "Simulated",
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn a_place_has_the_workers_of_its_runtime() {
        let place = Place::process();
        assert_eq!((place.has_runtime(), place.workers()), (false, 1));
        let runtime = Builder::new_multi_thread().worker_threads(3).build();
        let runtime = runtime.unwrap();
        let _on = runtime.enter();
        for place in [Place::process(), Place::test()] {
            assert_eq!((place.has_runtime(), place.workers()), (true, 3));
        }
    }
}
