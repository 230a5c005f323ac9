use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::error::{Problem, StartError};
use super::registry::{Registry, Sources};
use crate::clock::Clock;
use crate::declare::check::Check;
use crate::declare::declaration::CheckRef;
use crate::error_rate::ErrorRate;
use crate::health::Health;
use crate::monitor::{self, Place, Settings};
use crate::published::Identity;
use crate::task::{StartupTask, TaskCell};

/// A service's health before it runs; made by [`Health::builder`].
///
/// ```
/// use health_core::{Check, Health};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder()
///     .service("orders")
///     .version(env!("CARGO_PKG_VERSION"))
///     .check(Check::critical("disk", || async { std::fs::metadata(".").map(drop) }))
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "nothing runs before `start()`"]
pub struct Builder {
    sources: Sources,
    service: Option<Arc<str>>,
    version: Option<Arc<str>>,
    tasks: Vec<Arc<TaskCell>>,
    stall_limit: Option<Duration>,
}

/// A runtime that runs no task for this long is taken for dead.
const STALL_LIMIT: Duration = Duration::from_secs(30);

/// So many plain functions are at work at once. A check that is due while all are waits for one of them,
/// and its deadline begins with its run; one that is past its deadline does not count.
const THREADS: usize = 256;

impl Health {
    /// Returns a builder, which gives checks their state and starts them.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Sets the service's name, which the private answer, logs and metrics show.
    ///
    /// The default is the name of the executable.
    pub fn service(mut self, name: impl Into<Arc<str>>) -> Builder {
        self.service = Some(name.into());
        self
    }

    /// Adds the state that arguments of type `&T`, `Arc<T>` and `Option<&T>` are bound to.
    ///
    /// `T` and `Arc<T>` serve all three; `&dyn Trait` takes an `Arc<dyn Trait>`. Each type at most once.
    #[track_caller]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Builder {
        self.sources.state.insert(state, Location::caller());
        self
    }

    /// Sets the service's version. Private: `/health/deep` shows it.
    pub fn version(mut self, version: impl Into<Arc<str>>) -> Builder {
        self.version = Some(version.into());
        self
    }

    /// Adds a check that was made by hand.
    pub fn check(mut self, check: Check) -> Builder {
        self.sources.made.push(check);
        self
    }

    /// Adds checks that were made by hand.
    pub fn extend(mut self, checks: impl IntoIterator<Item = Check>) -> Builder {
        self.sources.made.extend(checks);
        self
    }

    /// Requires that these declared checks are there; naming them links their crates.
    pub fn require(mut self, checks: impl IntoIterator<Item = CheckRef>) -> Builder {
        self.sources.required.extend(checks);
        self
    }

    /// Restricts the declared checks to these, for tests.
    pub fn only(mut self, checks: impl IntoIterator<Item = CheckRef>) -> Builder {
        self.sources.allow_empty = true;
        self.sources.only.get_or_insert_default().extend(checks);
        self
    }

    /// Allows a service without any check.
    pub fn allow_empty(mut self) -> Builder {
        self.sources.allow_empty = true;
        self
    }

    /// Adds work that startup waits for.
    #[track_caller]
    pub fn startup_task(&mut self, name: &str) -> StartupTask {
        let (task, cell) = StartupTask::new(name);
        self.sources
            .tasks
            .push((Arc::clone(&cell.name), Location::caller()));
        self.tasks.push(cell);
        task
    }

    /// Sets for how long the application's runtime may run no task before this process is not alive.
    ///
    /// The default is 30 s.
    #[track_caller]
    pub fn stall_limit(mut self, limit: Duration) -> Builder {
        if limit.is_zero() {
            let what =
                "the stall limit is zero, so every runtime would be stalled: write a longer one";
            self.sources
                .problems
                .push(Problem::at(Location::caller(), what));
        }
        self.stall_limit = Some(limit);
        self
    }

    /// Starts the service's health; async checks run on the current Tokio runtime.
    ///
    /// Log events go through the dispatcher that is current here, or through the global one where that is none.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with its place: no checks, two of one name, missing state, state
    /// given twice, a name or a schedule that cannot be, a named function that is no check, an async
    /// check and no Tokio runtime, and a system that gives no thread.
    pub fn start(self) -> Result<Health, StartError> {
        self.start_in(Clock::System, Place::process())
    }

    /// Starts on the current runtime and its clock, which a test can pause.
    ///
    /// For tests under `#[tokio::test(start_paused = true)]`: sleep, and the checks keep step.
    /// Moving the clock by `tokio::time::advance` looks like a process that stood still.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    #[cfg(feature = "test-util")]
    pub fn start_paused(self) -> Result<Health, StartError> {
        self.start_in(Clock::Tokio, Place::test())
    }

    fn start_in(self, clock: Clock, place: Place) -> Result<Health, StartError> {
        let settings = self.settings(clock, place, THREADS)?;
        let started = monitor::start(settings).map_err(|error| no_thread(&error))?;
        Ok(Health::new(started.published, started.events))
    }

    /// A service whose monitor is run by a simulation.
    #[cfg(feature = "__simulation")]
    pub(crate) fn simulated(
        self,
        clock: Clock,
        place: Place,
        threads: usize,
    ) -> Result<(monitor::Monitor, Health), StartError> {
        let settings = self.settings(clock, place, threads)?;
        let (monitor, started) =
            monitor::Monitor::new(settings).map_err(|error| no_thread(&error))?;
        Ok((monitor, Health::new(started.published, started.events)))
    }

    fn settings(
        mut self,
        clock: Clock,
        place: Place,
        threads: usize,
    ) -> Result<Settings, StartError> {
        self.sources.has_runtime = place.has_runtime();
        if let Some(errors) = self.sources.state.shared::<ErrorRate>() {
            errors.keep_time_of(clock);
        }
        let registry = Registry::new(self.sources)?;
        Ok(Settings {
            clock,
            place,
            threads,
            identity: Identity {
                service: self.service.unwrap_or_else(executable),
                instance: host_name(),
                version: self.version,
            },
            stall_limit: self.stall_limit.unwrap_or(STALL_LIMIT),
            checks: registry.checks,
            tasks: self.tasks,
        })
    }
}

fn no_thread(error: &std::io::Error) -> StartError {
    let what = format!("the system gives no thread to the monitor: {error}");
    StartError::new(vec![Problem::nowhere(what)])
}

fn executable() -> Arc<str> {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(|path| path.file_stem()?.to_str());
    name.unwrap_or("service").into()
}

/// The name of the machine, which in a pod is the pod's.
fn host_name() -> Option<Arc<str>> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::env::var("HOSTNAME"))
        .or_else(|_| std::env::var("COMPUTERNAME"));
    let name = name.ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.into())
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
