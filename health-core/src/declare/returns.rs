use std::convert::Infallible;
use std::error::Error;
use std::marker::PhantomData;

use serde::Serialize;

use crate::Outcome;
use crate::declare::class::MayDegrade;

/// What a check of class `C` may return.
///
/// `Result<T, E>`, where `T` is `()` or the details of a pass and `E` any error; and
/// [`Outcome`] or `Result<Outcome, E>` where the class may report `degraded`.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`, since a failing check must say why",
    label = "write `Result<(), E>`, where `E` says why the check failed",
    note = "`E` is any error, or a string such as `&'static str`; with a pass a check may report details, as in `Result<Stats, E>`"
)]
pub trait Returns<C> {
    /// Reads the value as what the run said.
    fn into_outcome(self) -> Outcome;
}

#[diagnostic::do_not_recommend]
impl<C, T: Serialize, E: Into<Box<dyn Error + Send + Sync>>> Returns<C> for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(details) => Outcome::passed().with_details(details),
            Err(error) => Outcome::failed(error),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<C: MayDegrade, E: Into<Box<dyn Error + Send + Sync>>> Returns<C> for Result<Outcome, E> {
    fn into_outcome(self) -> Outcome {
        self.unwrap_or_else(Outcome::failed)
    }
}

#[diagnostic::do_not_recommend]
impl<C: MayDegrade> Returns<C> for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

/// The return type of a check of class `C`, as a value: its methods are found by type, so that a
/// type which is not to be returned is refused also behind an alias, and in words of its own.
///
/// The macro calls `passed` and `failed` on `&&&Returned`, and then `outcome`. A trait for
/// `&&Returned` is found before one for `&Returned`, and that before one for `Returned`.
///
/// Not public API.
#[derive(Debug)]
pub struct Returned<C, T>(PhantomData<fn() -> (C, T)>);

impl<C, T> Returned<C, T> {
    /// Makes the type of this a value.
    pub fn of(_: &T) -> Returned<C, T> {
        Returned(PhantomData)
    }
}

type Read<T> = fn(T) -> Outcome;

/// For what in `Ok` is more than details.
pub trait ReturnsInOk {
    /// What is in `Ok`.
    type Passed;
    /// The class of the check.
    type Class;

    /// Reads what is in `Ok`.
    fn passed(&self) -> Read<Self::Passed>
    where
        Self::Passed: InOk<Self::Class>,
    {
        Self::Passed::read
    }
}

/// For what in `Err` is less than an error.
pub trait ReturnsInErr {
    /// What is in `Err`.
    type Failed;
    /// The class of the check.
    type Class;

    /// Reads what is in `Err`.
    fn failed(&self) -> Read<Self::Failed>
    where
        Self::Failed: InErr<Self::Class>,
    {
        |_| Outcome::failed("never")
    }
}

/// For every other `Result`.
pub trait ReturnsResult<T, E> {
    /// Reads what is in `Ok`.
    fn passed(&self) -> Read<T>
    where
        T: Details,
    {
        |details| Outcome::passed().with_details(details)
    }

    /// Reads what is in `Err`.
    fn failed(&self) -> Read<E>
    where
        E: Why,
    {
        Outcome::failed
    }

    /// Reads both.
    fn outcome(&self, returned: Result<T, E>, passed: Read<T>, failed: Read<E>) -> Outcome {
        returned.map_or_else(failed, passed)
    }
}

/// For what is no `Result`.
pub trait ReturnsOther<C, T> {
    /// Reads the whole.
    fn passed(&self) -> Read<T>
    where
        T: Returns<C>,
    {
        T::into_outcome
    }

    /// There is no `Err`.
    fn failed(&self) {}

    /// Reads the whole.
    fn outcome(&self, returned: T, passed: Read<T>, (): ()) -> Outcome {
        passed(returned)
    }
}

impl<C, T> ReturnsOther<C, T> for Returned<C, T> {}

impl<C, T, E> ReturnsResult<T, E> for &Returned<C, Result<T, E>> {}

impl<C> ReturnsInOk for &&Returned<C, Outcome> {
    type Passed = Outcome;
    type Class = C;
}

impl<C, E> ReturnsInOk for &&Returned<C, Result<Outcome, E>> {
    type Passed = Outcome;
    type Class = C;
}

impl<C, E> ReturnsInOk for &&Returned<C, Result<bool, E>> {
    type Passed = bool;
    type Class = C;
}

impl<C, T, E> ReturnsInOk for &&Returned<C, Result<Option<T>, E>> {
    type Passed = Option<T>;
    type Class = C;
}

impl<C, T, F, E> ReturnsInOk for &&Returned<C, Result<Result<T, F>, E>> {
    type Passed = Result<T, F>;
    type Class = C;
}

impl<C, T> ReturnsInErr for &&Returned<C, Result<T, Infallible>> {
    type Failed = Infallible;
    type Class = C;
}

// Of no use by itself: but if there was only the one above, it would be taken for certain where the
// type is not known, because it is itself in error.
impl<C, T> ReturnsInErr for &&Returned<C, Result<T, PhantomData<C>>> {
    type Failed = PhantomData<C>;
    type Class = C;
}

/// The details of a pass.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Ok`, since details are `serde::Serialize`",
    label = "write `()`, or derive `Serialize` for `{Self}`"
)]
pub trait Details: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Details for T {}

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

impl<C: MayDegrade> InOk<C> for Outcome {
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
