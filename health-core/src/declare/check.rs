use std::borrow::Cow;
use std::panic::Location;
use std::time::Duration;

use crate::declare::class::{ClassMarker, MayWait};
use crate::declare::returns::Returns;
use crate::declare::schedule::Options;
use crate::declare::work::Work;
use crate::{Class, Feature};

/// A named question, answered by running a function.
///
/// Most checks are declared with [`health_check`](macro@crate::health_check); this makes the same
/// thing by hand, for what is only known at run time. What is wrong with it (a bad name, a timeout
/// longer than the interval) is among the problems of [`Builder::start`](crate::Builder::start).
///
/// ```
/// use health_core::{Check, class::Critical};
/// use std::time::Duration;
///
/// # #[derive(Clone)] struct Shard;
/// # impl Shard { async fn ping(&self) -> Result<(), std::io::Error> { Ok(()) } fn moves(&self) -> bool { true } }
/// # let shards = vec![Shard];
/// let checks = shards.into_iter().enumerate().map(|(n, shard)| {
///     Check::new(format!("shard_{n}"), Critical, move || {
///         let shard = shard.clone();
///         async move { shard.ping().await }
///     })
///     .timeout(Duration::from_millis(500))
/// });
/// # drop(checks);
/// ```
#[derive(Debug)]
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

impl Check {
    /// Makes a check from a function that returns a future, polled on the application's runtime.
    #[track_caller]
    pub fn new<C, F, Fut>(name: impl Into<Cow<'static, str>>, _: C, function: F) -> Check
    where
        C: MayWait,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Returns<C>> + Send + 'static,
    {
        Check::of(
            name.into(),
            C::CLASS,
            Work::deferred(move || {
                let future = function();
                async move { future.await.into_outcome() }
            }),
            Location::caller(),
        )
    }

    /// Makes a check from a function that may block; each run gets a thread of its own.
    #[track_caller]
    pub fn blocking<C, F, T>(name: impl Into<Cow<'static, str>>, _: C, function: F) -> Check
    where
        C: ClassMarker,
        F: Fn() -> T + Send + Sync + 'static,
        T: Returns<C>,
    {
        Check::of(
            name.into(),
            C::CLASS,
            Work::blocking(move || function().into_outcome()),
            Location::caller(),
        )
    }

    /// Says what it means when this fails. Private: `/health/deep` shows it.
    pub fn description(mut self, text: impl Into<Cow<'static, str>>) -> Check {
        self.description = Some(text.into());
        self
    }

    /// A run past this is a failure, and ended. Default: the shorter of 2 s and the interval.
    pub fn timeout(mut self, timeout: Duration) -> Check {
        self.options.timeout = Some(timeout);
        self
    }

    /// From the end of a run to the start of the next. Default: 5 s. Not for startup checks.
    pub fn interval(mut self, interval: Duration) -> Check {
        self.options.interval = Some(interval);
        self
    }

    /// The same, while the verdict is in doubt or not healthy. Default: the shorter of 1 s and the interval.
    pub fn retry(mut self, retry: Duration) -> Check {
        self.options.retry = Some(retry);
        self
    }

    /// Worse runs in a row before the verdict falls. Default: 2, for liveness 3. Not for startup checks.
    pub fn fail_after(mut self, runs: u32) -> Check {
        self.options.fail_after = Some(runs);
        self
    }

    /// Better runs in a row before the verdict rises. Default: 1. Not for startup checks.
    pub fn pass_after(mut self, runs: u32) -> Check {
        self.options.pass_after = Some(runs);
        self
    }

    /// Features that cannot be served while this fails. Only for critical and degraded-class checks.
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
