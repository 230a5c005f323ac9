use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::Outcome;
use crate::class::ClassMarker;
use crate::returns::Returns;

/// The function behind a check, bound to its state.
///
/// Not public API: the macro makes it.
#[derive(Clone)]
pub struct Work(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    /// Polled on the application's runtime.
    Async(Arc<dyn Fn() -> OutcomeFuture + Send + Sync>),
    /// May block, so it gets a thread.
    Blocking(Arc<dyn Fn() -> Outcome + Send + Sync>),
}

pub(crate) type OutcomeFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

impl Work {
    /// Work that is polled on the application's runtime.
    pub fn asynchronous<C, F, Fut>(_: C, function: F) -> Work
    where
        C: ClassMarker,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Returns<C>> + Send + 'static,
    {
        let function = Arc::new(function);
        Work(Kind::Async(Arc::new(move || {
            let function = Arc::clone(&function);
            // The user's function is called inside the future, so that it too runs where it may block or panic.
            Box::pin(async move {
                let future = function();
                drop(function);
                future.await.into_outcome()
            })
        })))
    }

    /// Work that may block and runs on a thread of its own.
    pub fn blocking<C, F, T>(_: C, function: F) -> Work
    where
        C: ClassMarker,
        F: Fn() -> T + Send + Sync + 'static,
        T: Returns<C>,
    {
        Work(Kind::Blocking(Arc::new(move || function().into_outcome())))
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
