use std::error::Error;
use std::fmt;

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
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(String::as_str)
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.problems {
            [problem] => write!(f, "the health listener cannot start: {problem}"),
            problems => {
                let count = problems.len();
                write!(f, "the health listener cannot start, for {count} reasons:")?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl fmt::Debug for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ListenError {}
