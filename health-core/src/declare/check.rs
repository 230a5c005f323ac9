use std::borrow::Cow;
use std::error::Error;
use std::panic::Location;
use std::time::Duration;

use serde::Serialize;

use super::class::Class;
use super::feature::Feature;
use super::outcome::{Details, Outcome};
use super::schedule::Options;
use super::work::Work;

/// A named question, answered by running a function.
///
/// Most checks are declared with [`health_check`](macro@crate::health_check); this makes the same
/// thing by hand, for what is only known at run time, such as shards and tenants. Its class is the
/// constructor. What is wrong with it (a bad name, a timeout longer than the interval) is among the
/// problems of [`Builder::start`](crate::Builder::start).
///
/// A function that returns a future is polled on the application's runtime; those that end in
/// `_blocking`, and [`liveness`](Check::liveness), take a plain function, which may block and runs on a
/// thread of its own.
///
/// ```
/// use health_core::Check;
/// use std::time::Duration;
///
/// # #[derive(Clone)] struct Shard;
/// # impl Shard { async fn ping(&self) -> Result<(), std::io::Error> { Ok(()) } }
/// # let shards = vec![Shard];
/// let checks = shards.into_iter().enumerate().map(|(n, shard)| {
///     Check::critical(format!("shard_{n}"), move || {
///         let shard = shard.clone();
///         async move { shard.ping().await }
///     })
///     .timeout(Duration::from_millis(500))
/// });
/// # drop(checks);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a check does nothing until it is given to a builder"]
pub struct Check {
    pub(crate) name: Cow<'static, str>,
    pub(crate) class: Class,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) options: Options,
    pub(crate) needed_by: Vec<Feature>,
    pub(crate) work: Work,
    pub(crate) declared_at: &'static Location<'static>,
}

/// Writes the constructor of one class.
macro_rules! constructor {
    ($(#[$doc:meta])* async $name:ident: $class:ident, $returns:ident) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<F, Fut>(name: impl Into<Cow<'static, str>>, function: F) -> Check
        where
            F: Fn() -> Fut + Send + Sync + 'static,
            Fut: Future<Output: $returns> + Send + 'static,
        {
            let work = Work::deferred(move || {
                let future = function();
                async move { future.await.into_outcome() }
            });
            Check::of(name.into(), Class::$class, work, Location::caller())
        }
    };
    ($(#[$doc:meta])* $name:ident: $class:ident, $returns:ident) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<F, T>(name: impl Into<Cow<'static, str>>, function: F) -> Check
        where
            F: Fn() -> T + Send + Sync + 'static,
            T: $returns,
        {
            let work = Work::blocking(move || function().into_outcome());
            Check::of(name.into(), Class::$class, work, Location::caller())
        }
    };
}

impl Check {
    constructor! {
        /// Creates a `critical` check: without it this instance must get no traffic.
        async critical: Critical, ReturnsOutcome
    }

    constructor! {
        /// Creates a `critical` check from a function that may block.
        critical_blocking: Critical, ReturnsOutcome
    }

    constructor! {
        /// Creates a `degraded`-class check: without it the service is worse, but serves.
        async degraded: Degraded, ReturnsOutcome
    }

    constructor! {
        /// Creates a `degraded`-class check from a function that may block.
        degraded_blocking: Degraded, ReturnsOutcome
    }

    constructor! {
        /// Creates a `startup` check: it runs until it passes once, then never again.
        async startup: Startup, ReturnsResult
    }

    constructor! {
        /// Creates a `startup` check from a function that may block.
        startup_blocking: Startup, ReturnsResult
    }

    constructor! {
        /// Creates a `liveness` check from a plain function: its failure asks for a restart of this process.
        ///
        /// It takes no future, since it must not wait for anything outside the process: when a
        /// dependency fails, every instance that waits for it would be restarted.
        liveness: Liveness, ReturnsResult
    }

    /// Sets what it means when this check fails. Private: `/health/deep` shows it.
    pub fn description(mut self, text: impl Into<Cow<'static, str>>) -> Check {
        self.description = Some(text.into());
        self
    }

    /// Sets how long a run may take; a longer one fails as `timed_out` and is cancelled.
    ///
    /// The default is 2 s, or the interval where that is shorter.
    pub fn timeout(mut self, timeout: Duration) -> Check {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sets the pause from the end of a run to the start of the next. The default is 5 s. Not for startup checks.
    pub fn interval(mut self, interval: Duration) -> Check {
        self.options.interval = Some(interval);
        self
    }

    /// Sets the pause that holds while the verdict is in doubt or not healthy.
    ///
    /// The default is 1 s, or the interval where that is shorter.
    pub fn retry(mut self, retry: Duration) -> Check {
        self.options.retry = Some(retry);
        self
    }

    /// Sets how many worse runs in a row make the verdict fall.
    ///
    /// The default is 2, for liveness 3. Not for startup checks.
    pub fn fail_after(mut self, runs: u32) -> Check {
        self.options.fail_after = Some(runs);
        self
    }

    /// Sets how many better runs in a row make the verdict rise. The default is 1. Not for startup checks.
    pub fn pass_after(mut self, runs: u32) -> Check {
        self.options.pass_after = Some(runs);
        self
    }

    /// Adds features that cannot be served while this check fails. Only for critical and degraded-class checks.
    pub fn needed_by(mut self, features: impl IntoIterator<Item = Feature>) -> Check {
        self.needed_by.extend(features);
        self
    }

    pub(crate) fn of(
        name: Cow<'static, str>,
        class: Class,
        work: Work,
        declared_at: &'static Location<'static>,
    ) -> Check {
        Check {
            name,
            class,
            description: None,
            options: Options::NONE,
            needed_by: Vec::new(),
            work,
            declared_at,
        }
    }
}

/// What the function of any check may return: `Result<(), E>`, or `Result<Details<T>, E>`.
///
/// `E` is any error, or a string such as `&'static str`; it says why the check failed. Implemented by
/// these types alone: a `bool` or an `Option` in `Ok` would be a pass, and an error that can never be
/// made is refused when the check is built into a program.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`, since a failing check must say why",
    label = "return `Result<(), E>`, where `E` says why the check failed",
    note = "a liveness check cannot be async, since it must not wait for anything outside the process: give it a plain function",
    note = "only `critical` and `degraded` checks can return `Outcome`; to report details with a pass, return `Ok(Details(..))`"
)]
pub trait ReturnsResult: sealed::Sealed {
    /// Reads the value as what the run said.
    #[doc(hidden)]
    fn into_outcome(self) -> Outcome;
}

/// What the function of a `critical` or `degraded`-class check may return: what every check may, and
/// [`Outcome`] or `Result<Outcome, E>`.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`, since a failing check must say why",
    label = "return `Result<(), E>`, where `E` says why the check failed, or `Outcome`",
    note = "to report details with a pass, return `Ok(Details(..))`"
)]
pub trait ReturnsOutcome: sealed::Sealed {
    /// Reads the value as what the run said.
    #[doc(hidden)]
    fn into_outcome(self) -> Outcome;
}

/// Whether an error of this type can be made: a `Result` that can only be `Ok(())` takes no room.
const fn can_fail<E>() -> bool {
    size_of::<Result<(), E>>() > 0
}

/// Reads a `Result`, whose error can be made.
fn read<T, E: Into<Box<dyn Error + Send + Sync>>>(
    result: Result<T, E>,
    passed: fn(T) -> Outcome,
) -> Outcome {
    const {
        assert!(
            can_fail::<E>(),
            "a check whose error can never be made can never fail: return the error that tells why it failed, or remove the check"
        );
    }
    result.map_or_else(Outcome::failed, passed)
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> ReturnsResult for Result<(), E> {
    fn into_outcome(self) -> Outcome {
        read(self, |()| Outcome::passed())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, E: Into<Box<dyn Error + Send + Sync>>> ReturnsResult for Result<Details<T>, E> {
    fn into_outcome(self) -> Outcome {
        read(self, |Details(details)| {
            Outcome::passed().with_details(details)
        })
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> ReturnsOutcome for Result<(), E> {
    fn into_outcome(self) -> Outcome {
        ReturnsResult::into_outcome(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, E: Into<Box<dyn Error + Send + Sync>>> ReturnsOutcome for Result<Details<T>, E> {
    fn into_outcome(self) -> Outcome {
        ReturnsResult::into_outcome(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> ReturnsOutcome for Result<Outcome, E> {
    fn into_outcome(self) -> Outcome {
        read(self, |outcome| outcome)
    }
}

impl ReturnsOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

impl sealed::Sealed for Outcome {}
impl<E> sealed::Sealed for Result<(), E> {}
impl<T, E> sealed::Sealed for Result<Details<T>, E> {}
impl<E> sealed::Sealed for Result<Outcome, E> {}

mod sealed {
    pub trait Sealed {}
}
