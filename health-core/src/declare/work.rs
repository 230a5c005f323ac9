use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::Outcome;

/// The function behind a check, bound to its state.
///
/// Not public API: the macro makes it.
#[derive(Clone)]
pub struct Work(pub(crate) Kind);

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
    /// Work that is polled on the application's runtime. The future calls the user's function, so
    /// that it too runs where it may block or panic.
    ///
    /// Not generic in the future, which keeps small what each check adds to a program.
    pub fn asynchronous(function: impl Fn() -> OutcomeFuture + Send + Sync + 'static) -> Work {
        Work(Kind::Async(Arc::new(function)))
    }

    /// The same for a function that makes the future, and is only called inside of it.
    pub(crate) fn deferred<F, Fut>(function: F) -> Work
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let function = Arc::new(function);
        Work::asynchronous(move || {
            let function = Arc::clone(&function);
            Box::pin(async move {
                let future = function();
                drop(function);
                future.await
            })
        })
    }

    /// Work that may block and runs on a thread of its own.
    pub fn blocking(function: impl Fn() -> Outcome + Send + Sync + 'static) -> Work {
        Work(Kind::Blocking(Arc::new(function)))
    }

    pub(crate) fn is_async(&self) -> bool {
        matches!(self.0, Kind::Async(_))
    }
}

/// The arguments with which the user's function makes a future; `boxed` sees whether that may move
/// between threads.
///
/// Where an argument may not, it has been refused already, and `BoxedWithRefused` is found instead
/// of `BoxedWith`, so that the future which holds it is not reported a second time.
///
/// Not public API.
#[derive(Clone, Copy, Debug)]
pub struct With<A>(pub A);

/// For arguments that may move.
pub trait BoxedWith: Sized {
    /// Where the future may move, too.
    fn boxed<'a, F: Future + Send + 'a>(self, future: F) -> BoxFuture<'a, F::Output> {
        Box::pin(future)
    }
}

impl<A: Send> BoxedWith for With<A> {}

/// For all others.
pub trait BoxedWithRefused: Sized {
    /// Never called.
    fn boxed<'a, F: Future + 'a>(self, _: F) -> BoxFuture<'a, F::Output>
    where
        F::Output: 'a,
    {
        Box::pin(std::future::pending())
    }
}

impl<A> BoxedWithRefused for &With<A> {}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Async(_) => "Async",
            Kind::Blocking(_) => "Blocking",
        })
    }
}
