use std::convert::Infallible;
use std::error::Error;
use std::marker::PhantomData;

use serde::Serialize;

use crate::Outcome;
use crate::class::MayDegrade;

/// What a check of class `C` may return.
///
/// `Result<T, E>`, where `T` is `()` or the details of a pass and `E` any error; and
/// [`Outcome`] or `Result<Outcome, E>` where the class may report `degraded`.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}`, since a failing check must say why",
    label = "write `Result<(), E>`, where `E` says why the check failed",
    note = "`E` is any error, or a text such as `&'static str`; with a pass a check may report details, as in `Result<Stats, E>`"
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
/// An inherent method is found before one of `ReturnsResult`, and that before `ReturnsOther`.
///
/// Not public API: the macro asks for `passed`, `failed` and `outcome`.
#[derive(Debug)]
pub struct Returned<C, T>(PhantomData<fn() -> (C, T)>);

type Read<T> = fn(T) -> Outcome;

/// For every `Result`.
pub trait ReturnsResult<T, E>: Sized {
    /// Reads what is in `Ok`.
    fn passed(self) -> Read<T>
    where
        T: Details,
    {
        |details| Outcome::passed().with_details(details)
    }

    /// Reads what is in `Err`.
    fn failed(self) -> Read<E>
    where
        E: Why,
    {
        Outcome::failed
    }

    /// Reads both.
    fn outcome(self, returned: Result<T, E>, passed: Read<T>, failed: Read<E>) -> Outcome {
        returned.map_or_else(failed, passed)
    }
}

impl<C, T, E> ReturnsResult<T, E> for Returned<C, Result<T, E>> {}

/// For what is no `Result`.
pub trait ReturnsOther<C, T>: Sized {
    /// Reads the whole.
    fn passed(self) -> Read<T>
    where
        T: Returns<C>,
    {
        T::into_outcome
    }

    /// There is no `Err`.
    fn failed(self) {}

    /// Reads the whole.
    fn outcome(self, returned: T, passed: Read<T>, (): ()) -> Outcome {
        passed(returned)
    }
}

impl<C, T> ReturnsOther<C, T> for &Returned<C, T> {}

impl<C, T> Default for Returned<C, T> {
    fn default() -> Returned<C, T> {
        Returned(PhantomData)
    }
}

impl<C, T> Returned<C, T> {
    /// Makes the type a value.
    pub fn new() -> Returned<C, T> {
        Returned::default()
    }
}

impl<C, T> Clone for Returned<C, T> {
    fn clone(&self) -> Returned<C, T> {
        *self
    }
}

impl<C, T> Copy for Returned<C, T> {}

impl<C> Returned<C, Outcome> {
    /// Takes it as it is.
    pub fn passed(self) -> Read<Outcome>
    where
        C: MayDegrade,
    {
        |outcome| outcome
    }
}

impl<C, E> Returned<C, Result<Outcome, E>> {
    /// Takes it as it is.
    pub fn passed(self) -> Read<Outcome>
    where
        C: MayDegrade,
    {
        |outcome| outcome
    }
}

impl<C, E> Returned<C, Result<bool, E>> {
    /// Refused.
    pub fn passed(self) -> Read<bool>
    where
        bool: InOk<E>,
    {
        |details| Outcome::passed().with_details(details)
    }
}

impl<C, T, E> Returned<C, Result<Option<T>, E>> {
    /// Refused.
    pub fn passed(self) -> Read<Option<T>>
    where
        Option<T>: InOk<E>,
    {
        |_| Outcome::passed()
    }
}

impl<C, T, F, E> Returned<C, Result<Result<T, F>, E>> {
    /// Refused.
    pub fn passed(self) -> Read<Result<T, F>>
    where
        Result<T, F>: InOk<E>,
    {
        |_| Outcome::passed()
    }
}

impl<C, T> Returned<C, Result<T, Infallible>> {
    /// Refused.
    pub fn failed(self) -> Read<Infallible>
    where
        Infallible: InErr<T>,
    {
        Outcome::failed
    }
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
    message = "a check cannot return `{Self}` in `Err`, since it does not say why the check failed",
    label = "write an error that is `Send + Sync`, `String` or `&'static str`",
    note = "for `Box<dyn Error>`, write `Box<dyn Error + Send + Sync>`"
)]
pub trait Why: Into<Box<dyn Error + Send + Sync>> {}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> Why for E {}

/// What has a place in `Ok`, although it can say that something is wrong: nothing.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Ok`, since `Ok` is a pass whatever is in it",
    label = "write `Result<(), E>`, and return `Err` with the reason where this says that something is wrong"
)]
pub trait InOk<E> {}

/// What has a place in `Err`, although it never is: nothing.
#[diagnostic::on_unimplemented(
    message = "a check cannot return `{Self}` in `Err`, since then it can never fail",
    label = "write the error that tells why the check failed, or remove the check"
)]
pub trait InErr<T> {}

// These two keep the compiler from proposing to implement the traits.
#[diagnostic::do_not_recommend]
impl<E> InOk<E> for Infallible {}

#[diagnostic::do_not_recommend]
impl<T> InErr<T> for () {}
