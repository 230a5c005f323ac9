use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::declare::outcome::Outcome;

/// The function behind a check, bound to its state.
///
/// Not public API.
#[derive(Clone)]
pub(crate) struct Work(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    /// Polled on the application's runtime.
    Async(AsyncFunction),
    /// May block, so it gets a thread.
    Blocking(BlockingFunction),
}

/// Makes the future of one run.
pub(crate) type AsyncFunction = Arc<dyn Fn() -> OutcomeFuture + Send + Sync>;

/// Is one run.
pub(crate) type BlockingFunction = Arc<dyn Fn() -> Outcome + Send + Sync>;

/// What a run of an `async` check is.
pub(crate) type OutcomeFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

impl Work {
    /// Work that is polled on the application's runtime. The function is only called inside of the
    /// future, so that it too runs where it may block or panic.
    pub(crate) fn deferred<F, Fut>(function: F) -> Work
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let function = Arc::new(function);
        Work(Kind::Async(Arc::new(move || {
            let function = Arc::clone(&function);
            Box::pin(async move {
                let future = function();
                drop(function);
                future.await
            })
        })))
    }

    /// Work that may block and runs on a thread of its own.
    pub(crate) fn blocking(function: impl Fn() -> Outcome + Send + Sync + 'static) -> Work {
        Work(Kind::Blocking(Arc::new(function)))
    }

    pub(crate) fn is_async(&self) -> bool {
        matches!(self.0, Kind::Async(_))
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Async(_) => "Async",
            Kind::Blocking(_) => "Blocking",
        })
    }
}
