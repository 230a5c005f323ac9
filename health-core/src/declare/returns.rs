use std::convert::Infallible;
use std::error::Error;
use std::marker::PhantomData;
use std::pin::Pin;

use serde::Serialize;

use crate::declare::outcome::Outcome;

/// What an `async` check of any type makes, once it is read.
pub type Running<'a> = Future<'a, Outcome>;

type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// The arguments with which the user's function makes a future; `__health_boxed` sees whether that
/// may move between threads.
///
/// Where an argument may not, it has been refused already, and `BoxedWithRefused` is found instead
/// of `BoxedWith`, so that the future which holds it is not reported a second time.
///
/// The methods here have names that nobody else has: a trait of the user's, for all types, would be
/// asked before ours.
///
/// Not public API.
#[derive(Clone, Copy, Debug)]
pub struct With<A>(pub A);

/// For arguments that may move.
pub trait BoxedWith: Sized {
    /// Where the future may move, too.
    fn __health_boxed<'a, F>(self, future: F) -> Future<'a, F::Output>
    where
        F: std::future::Future + Send + 'a,
    {
        let future: Box<dyn std::future::Future<Output = F::Output> + Send + 'a> = Box::new(future);
        Box::into_pin(future)
    }
}

impl<A: Send> BoxedWith for With<A> {}

/// For all others.
pub trait BoxedWithRefused: Sized {
    /// Never called.
    fn __health_boxed<'a, F>(self, _: F) -> Future<'a, F::Output>
    where
        F: std::future::Future + 'a,
        F::Output: 'a,
    {
        Box::pin(std::future::pending())
    }
}

impl<A> BoxedWithRefused for &With<A> {}

/// A class whose checks may report `degraded` by themselves.
#[derive(Debug)]
pub struct Degrading;

/// A class whose checks pass or fail.
#[derive(Debug)]
pub struct Strict;

/// Whether checks of a class may report `degraded` by themselves.
#[diagnostic::on_unimplemented(
    message = "a startup or liveness check cannot return `Outcome`, since it passes or fails and is never degraded",
    label = "write `Result<(), E>`, where `E` says why the check failed"
)]
pub trait Degrades {}

impl Degrades for Degrading {}

/// The return type of a check of class `C`, as a value: its methods are found by type, so that a
/// type which is not to be returned is refused also behind an alias, and in words of its own.
///
/// The macro calls a method of `&&&&Returned`. A trait for `&&&Returned` is found before one for
/// `&&Returned`, and so on. The types of `Ok` and `Err` are parameters of the method, which the macro
/// leaves open, each where it was written: there a refusal points.
///
/// Not public API.
#[derive(Debug)]
pub struct Returned<C, T>(PhantomData<fn() -> (C, T)>);

impl<C, T> Returned<C, T> {
    /// Makes the type of this a value.
    pub const fn by(_: &T) -> Returned<C, T> {
        Returned(PhantomData)
    }

    /// Makes the type of what this gives a value.
    pub const fn later(_: &Future<'_, T>) -> Returned<C, T> {
        Returned(PhantomData)
    }
}

/// For a `Result` whose `Ok` is more than details.
pub trait ReturnsInOk {
    /// The class of the check.
    type Class;

    /// Reads it.
    fn __health_read<P: InOk<Self::Class>, F: Why>(&self, returned: Result<P, F>) -> Outcome {
        returned.map_or_else(Outcome::failed, P::read)
    }

    /// Reads it, later.
    fn __health_await<'a, P, F>(&self, returned: Future<'a, Result<P, F>>) -> Running<'a>
    where
        P: InOk<Self::Class> + 'a,
        F: Why + 'a,
    {
        Box::pin(async move { returned.await.map_or_else(Outcome::failed, P::read) })
    }
}

/// For a `Result` whose `Err` is less than an error.
pub trait ReturnsInErr {
    /// The class of the check.
    type Class;

    /// Never called.
    fn __health_read<P, F: InErr<Self::Class>>(&self, _: Result<P, F>) -> Outcome {
        unreachable!("refused by the compiler")
    }

    /// Never called.
    fn __health_await<'a, P, F>(&self, _: Future<'a, Result<P, F>>) -> Running<'a>
    where
        F: InErr<Self::Class>,
    {
        unreachable!("refused by the compiler")
    }
}

/// For every other `Result`.
pub trait ReturnsAnyResult {
    /// Reads it.
    fn __health_read<P: AsDetails, F: Why>(&self, returned: Result<P, F>) -> Outcome {
        returned.map_or_else(Outcome::failed, details)
    }

    /// Reads it, later.
    fn __health_await<'a, P, F>(&self, returned: Future<'a, Result<P, F>>) -> Running<'a>
    where
        P: AsDetails + 'a,
        F: Why + 'a,
    {
        Box::pin(async move { returned.await.map_or_else(Outcome::failed, details) })
    }
}

fn details(details: impl Serialize) -> Outcome {
    Outcome::passed().with_details(details)
}

/// For what is no `Result`.
pub trait ReturnsOther {
    /// The class of the check.
    type Class;

    /// Reads it.
    fn __health_read<W: Whole<Self::Class> + Again<A>, A>(&self, returned: W) -> Outcome {
        returned.read()
    }

    /// Reads it, later.
    fn __health_await<'a, W, A>(&self, returned: Future<'a, W>) -> Running<'a>
    where
        W: Whole<Self::Class> + Again<A> + 'a,
    {
        Box::pin(async move { returned.await.read() })
    }
}

/// The same type again: the macro leaves two open, for `Ok` and `Err`.
pub trait Again<T> {}

impl<T> Again<T> for T {}

impl<C, T> ReturnsOther for Returned<C, T> {
    type Class = C;
}

impl<C, T, E> ReturnsAnyResult for &Returned<C, Result<T, E>> {}

impl<C, E> ReturnsInOk for &&Returned<C, Result<Outcome, E>> {
    type Class = C;
}

impl<C, E> ReturnsInOk for &&Returned<C, Result<bool, E>> {
    type Class = C;
}

impl<C, T, E> ReturnsInOk for &&Returned<C, Result<Option<T>, E>> {
    type Class = C;
}

impl<C, T, F, E> ReturnsInOk for &&Returned<C, Result<Result<T, F>, E>> {
    type Class = C;
}

impl<C, T> ReturnsInErr for &&&Returned<C, Result<T, Infallible>> {
    type Class = C;
}

// Of no use by itself: but if there was only the one above, it would be taken for certain where the
// type is not known, because it is itself in error.
impl<C, T> ReturnsInErr for &&&Returned<C, Result<T, PhantomData<C>>> {
    type Class = C;
}

/// What alone says how a check went: an outcome.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`, since a failing check must say why",
    label = "write `Result<(), E>`, where `E` says why the check failed",
    note = "`E` is any error, or a string such as `&'static str`; with a pass a check may report details, as in `Result<Stats, E>`"
)]
pub trait Whole<C> {
    /// Reads it.
    fn read(self) -> Outcome;
}

impl<C: Degrades> Whole<C> for Outcome {
    fn read(self) -> Outcome {
        self
    }
}

/// The details of a pass.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Ok`, since details are `serde::Serialize`",
    label = "write `()`, or derive `Serialize` for `{Self}`"
)]
pub trait AsDetails: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> AsDetails for T {}

/// What can say why a check failed.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Err`, since it is not an error that other threads may read",
    label = "write an error that is `Send + Sync`, `String` or `&'static str`",
    note = "for `Box<dyn Error>`, write `Box<dyn Error + Send + Sync>`"
)]
pub trait Why: Into<Box<dyn Error + Send + Sync>> {}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> Why for E {}

/// What has a place in the `Ok` of a check of class `C`, although it can say that something is
/// wrong: only an outcome.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Ok`, since `Ok` is a pass whatever is in it",
    label = "write `Result<(), E>`, and return `Err` with the reason where this says that something is wrong"
)]
pub trait InOk<C> {
    /// Reads it.
    fn read(self) -> Outcome;
}

impl<C: Degrades> InOk<C> for Outcome {
    fn read(self) -> Outcome {
        self
    }
}

/// What has a place in the `Err` of a check of class `C`, although it never is: nothing.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Err`, since then it can never fail",
    label = "write the error that tells why the check failed, or remove the check"
)]
pub trait InErr<C> {}

// Keeps the compiler from proposing to implement the trait.
#[diagnostic::do_not_recommend]
impl InErr<()> for () {}
