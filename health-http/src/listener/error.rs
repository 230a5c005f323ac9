use std::error::Error;
use std::fmt;

use crate::problems;

/// Everything that keeps a [`Listener`](crate::Listener) from starting.
///
/// `Debug` and `Display` are the same text, so that `main` can return it.
#[derive(Clone, PartialEq, Eq)]
pub struct ListenError {
    problems: Vec<String>,
}

impl ListenError {
    pub(super) fn new(problems: Vec<String>) -> ListenError {
        ListenError { problems }
    }

    /// Returns the problems, in the order in which the addresses were given.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        problems::write(f, "the health listener cannot start", &self.problems)
    }
}

impl fmt::Debug for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ListenError {}
