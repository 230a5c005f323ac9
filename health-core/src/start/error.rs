use std::fmt;
use std::panic::Location;

/// Everything that keeps a service's health from starting, in a stable order.
///
/// `Debug` and `Display` are the same text, so that `main` can return it.
///
/// ```
/// use health_core::{Check, Health};
///
/// let check = || Check::critical_blocking("Disk", || std::fs::metadata(".").map(drop));
/// let error = Health::builder().check(check()).check(check()).start().unwrap_err();
/// assert_eq!(error.problems().len(), 3, "two bad names, and one name twice: {error}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StartError {
    problems: Vec<Problem>,
}

/// One thing that is wrong, where it is, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    place: Option<(String, u32, u32)>,
    what: String,
}

impl StartError {
    pub(crate) fn new(mut problems: Vec<Problem>) -> StartError {
        problems.sort();
        StartError { problems }
    }

    /// Returns the problems, by place.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl Problem {
    pub(crate) fn at(place: &Location<'_>, what: impl Into<String>) -> Problem {
        Problem {
            place: Some((place.file().into(), place.line(), place.column())),
            what: what.into(),
        }
    }

    pub(crate) fn nowhere(what: impl Into<String>) -> Problem {
        Problem {
            place: None,
            what: what.into(),
        }
    }
}

impl Problem {
    /// Returns the file, line and column where it is; `None` where it has no place.
    pub fn location(&self) -> Option<(&str, u32, u32)> {
        let (file, line, column) = self.place.as_ref()?;
        Some((file, *line, *column))
    }

    /// Returns what is wrong, and what would be right.
    pub fn message(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, line, column)) = &self.place {
            write!(f, "{file}:{line}:{column}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.problems {
            [problem] => write!(f, "health cannot start: {problem}"),
            problems => {
                write!(f, "health cannot start, for {} reasons:", problems.len())?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for StartError {}
