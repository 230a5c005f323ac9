use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use super::caught::caught;
use super::run::{AsyncRun, End, Ping, Report, Run, Turn};
use super::{Clock, Engine, Event};
use crate::Outcome;
use crate::declare::work::{Kind, Work};

/// Where runs run: the one place that knows threads and runtimes.
#[derive(Debug)]
pub(crate) struct Launcher {
    /// The application's runtime.
    handle: Option<Handle>,
    clock: Clock,
    events: UnboundedSender<Event>,
}

/// The application's runtime, if this is called on one.
pub(crate) fn current_runtime() -> Option<Handle> {
    Handle::try_current().ok()
}

/// Starts the monitor: a thread and a clock that nothing in the application can hold up. Under a
/// test's clock it is a task of that test.
pub(crate) fn begin(
    engine: Engine,
    #[cfg_attr(not(any(test, feature = "test-util")), allow(unused_variables))] application: Option<
        &Handle,
    >,
) -> io::Result<()> {
    #[cfg(any(test, feature = "test-util"))]
    if let (Clock::Tokio, Some(handle)) = (engine.clock, application) {
        handle.spawn(engine.run());
        return Ok(());
    }
    let (built, told) = mpsc::channel();
    let monitor = move || {
        // Built here: without a thread it would be dropped on the application's runtime, which panics.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        match runtime {
            Ok(runtime) => {
                let _ = built.send(Ok(()));
                runtime.block_on(engine.run());
            }
            Err(error) => drop(built.send(Err(error))),
        }
    };
    thread::Builder::new()
        .name("health-monitor".into())
        .spawn(monitor)?;
    told.recv()
        .unwrap_or_else(|_| Err(io::Error::other("the monitor ended at once")))
}

impl Launcher {
    pub(crate) fn new(
        handle: Option<Handle>,
        clock: Clock,
        events: UnboundedSender<Event>,
    ) -> Launcher {
        Launcher {
            handle,
            clock,
            events,
        }
    }

    /// Begins a run of the check in a slot. Its end arrives as one event, whatever happens.
    pub(crate) fn launch(&self, slot: usize, name: &str, work: &Work) -> Run {
        let turn = Arc::new(Turn::new());
        let report = Report::new(slot, self.clock, self.events.clone());
        let abort = match (&work.0, &self.handle) {
            (Kind::Async(function), Some(handle)) => {
                let run = AsyncRun::new(function(), Arc::clone(&turn), report);
                Some(handle.spawn(run).abort_handle())
            }
            (Kind::Async(_), None) => unreachable!("a registry with async checks has a runtime"),
            (Kind::Blocking(function), _) => {
                self.launch_blocking(name, Arc::clone(function), report);
                None
            }
        };
        Run { abort, turn }
    }

    /// Asks the application's runtime to run a task; when it does, an event says so.
    pub(crate) fn ping(&self) -> bool {
        let Some(handle) = &self.handle else {
            return false;
        };
        let ping = Ping::new(self.clock, self.events.clone());
        handle.spawn(async move { ping.answer() });
        true
    }

    fn launch_blocking(
        &self,
        name: &str,
        function: Arc<dyn Fn() -> Outcome + Send + Sync>,
        report: Report,
    ) {
        let run = move || {
            let end = caught(|| function()).map_or_else(End::Panicked, End::Said);
            drop(function);
            report.send(end);
        };
        match (self.clock, &self.handle) {
            // A paused clock waits only for the blocking tasks of its own runtime.
            #[cfg(any(test, feature = "test-util"))]
            (Clock::Tokio, Some(handle)) => drop(handle.spawn_blocking(run)),
            // Without a thread the run is dropped, which its report tells.
            _ => drop(
                thread::Builder::new()
                    .name(format!("health {name}"))
                    .spawn(run),
            ),
        }
    }
}
