use std::error::Error;

use serde::Serialize;

use crate::{Outcome, class::MayDegrade};

/// What a check of class `C` may return.
///
/// `Result<T, E>`, where `T` is `()` or the details of a pass and `E` any error; and
/// [`Outcome`] or `Result<Outcome, E>` where the class may report `degraded`.
pub trait Returns<C> {
    /// Reads the value as what the run said.
    fn into_outcome(self) -> Outcome;
}

impl<C, T: Serialize, E: Into<Box<dyn Error + Send + Sync>>> Returns<C> for Result<T, E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(details) => Outcome::passed().with_details(details),
            Err(error) => Outcome::failed(error),
        }
    }
}

impl<C: MayDegrade, E: Into<Box<dyn Error + Send + Sync>>> Returns<C> for Result<Outcome, E> {
    fn into_outcome(self) -> Outcome {
        self.unwrap_or_else(Outcome::failed)
    }
}

impl<C: MayDegrade> Returns<C> for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

/// What the run said.
pub fn outcome<C, T: Returns<C>>(returned: T) -> Outcome {
    returned.into_outcome()
}
