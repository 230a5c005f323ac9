use std::error::Error;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

/// How well a thing does, from best to worst. "Worst wins" is `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Healthy,
    Degraded,
    Unhealthy,
}

/// What one run of a check said.
///
/// Most checks return a `Result`; a `critical` or `degraded`-class check that can tell
/// "worse, but works" from "fails" returns an `Outcome`, alone or in a `Result`.
///
/// ```standalone_crate
/// use health_core::{Outcome, health_check};
///
/// #[health_check(degraded)]
/// async fn queue(queue: &Queue) -> Outcome {
///     match queue.len() {
///         0..1_000 => Outcome::passed(),
///         n => Outcome::degraded(format!("{n} messages wait")),
///     }
/// }
/// # struct Queue;
/// # impl Queue { fn len(&self) -> usize { 0 } }
/// ```
// Not `Serialize`: that is what keeps `Result<Outcome, E>` apart from `Result<T: Serialize, E>`.
#[derive(Debug)]
#[must_use]
pub struct Outcome {
    pub(crate) level: Level,
    pub(crate) message: Option<String>,
    pub(crate) details: Value,
}

impl Outcome {
    /// The check passed.
    pub fn passed() -> Outcome {
        Outcome::of(Level::Healthy, None)
    }

    /// The check works, but worse than it should; `message` says how. It is private: `/health/deep` shows it.
    pub fn degraded(message: impl Into<String>) -> Outcome {
        Outcome::of(Level::Degraded, Some(message.into()))
    }

    /// The check failed; `error` and its sources say why. They are private: `/health/deep` shows them.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Outcome {
        Outcome::of(Level::Unhealthy, Some(chain(&*error.into())))
    }

    /// Adds free data, by custom a struct or a map. It is private: `/health/deep` shows it.
    ///
    /// What cannot be serialised is replaced by a text that says so.
    pub fn with_details(mut self, details: impl Serialize) -> Outcome {
        self.details = serde_json::to_value(details).unwrap_or_else(|error| {
            Value::String(format!("details cannot be serialised: {error}"))
        });
        self
    }

    fn of(level: Level, message: Option<String>) -> Outcome {
        Outcome {
            level,
            message,
            details: Value::Null,
        }
    }
}

/// The error and its sources in one line, outermost first.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_its_whole_chain() {
        #[derive(Debug)]
        struct Outer(std::io::Error);
        impl std::fmt::Display for Outer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("no connection")
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let outcome = Outcome::failed(Outer(std::io::Error::other("refused")));
        assert_eq!(outcome.message.as_deref(), Some("no connection: refused"));
    }

    #[test]
    fn details_that_cannot_be_serialised_do_not_fail_the_check() {
        let keys_are_not_text = std::collections::BTreeMap::from([((1, 2), 3)]);
        let outcome = Outcome::passed().with_details(keys_are_not_text);
        assert_eq!(outcome.level, Level::Healthy);
        assert!(
            outcome
                .details
                .as_str()
                .is_some_and(|text| text.contains("serialised"))
        );
    }
}
