use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::declare::check::Check;
use crate::declare::declaration::CheckRef;
use crate::engine::{self, Clock};
use crate::error::{Problem, StartError};
use crate::health::Health;
use crate::registry::{Registry, Sources};
use crate::task::{StartupTask, TaskCell};

/// A service's health before it runs; made by [`Health::builder`].
///
/// ```
/// use health_core::{Check, Health, class::Critical};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder()
///     .version(env!("CARGO_PKG_VERSION"))
///     .check(Check::new("answer", Critical, || async { Ok::<_, std::io::Error>(42) }))
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "nothing runs before `start()`"]
pub struct Builder {
    sources: Sources,
    version: Option<Arc<str>>,
    tasks: Vec<Arc<TaskCell>>,
    stall_limit: Option<Duration>,
}

impl Builder {
    /// Gives the state that arguments of type `&T`, `Arc<T>` and `Option<&T>` are bound to.
    ///
    /// `T` and `Arc<T>` serve all three; `&dyn Trait` takes an `Arc<dyn Trait>`. Each type at most once.
    #[track_caller]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Builder {
        self.sources.state.insert(state, Location::caller());
        self
    }

    /// Says which version this is. Private: `/health/deep` shows it.
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
    pub fn checks(mut self, checks: impl IntoIterator<Item = Check>) -> Builder {
        self.sources.made.extend(checks);
        self
    }

    /// Makes sure that these declared checks are there: naming them links their crates.
    pub fn require(mut self, checks: impl IntoIterator<Item = CheckRef>) -> Builder {
        self.sources.required.extend(checks);
        self
    }

    /// Takes of the declared checks just these: for tests.
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

    /// Declares work that startup waits for.
    #[track_caller]
    pub fn startup_task(&mut self, name: &str) -> StartupTask {
        let (task, cell) = StartupTask::new(name);
        self.sources
            .tasks
            .push((Arc::clone(&cell.name), Location::caller()));
        self.tasks.push(cell);
        task
    }

    /// For how long the application's runtime may run no task before this process is not alive. Default: 30 s.
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

    /// Starts asking the checks, the async ones on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with its place: no checks, two of one name, missing state, state
    /// given twice, a name or a schedule that cannot be, a named function that is no check, an async
    /// check and no Tokio runtime, and a system that gives no thread.
    pub fn start(self) -> Result<Health, StartError> {
        self.start_on(Clock::System)
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
        self.start_on(Clock::Tokio)
    }

    fn start_on(mut self, clock: Clock) -> Result<Health, StartError> {
        let runtime = engine::current_runtime();
        self.sources.has_runtime = runtime.is_some();
        let registry = Registry::new(self.sources)?;
        let settings = engine::Settings {
            clock,
            version: self.version,
            tasks: self.tasks,
            stall_limit: self.stall_limit.unwrap_or(Duration::from_secs(30)),
        };
        engine::start(registry, settings, runtime.as_ref())
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
