use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;

use super::status::Status;
use serde::Serialize;

/// Details, as JSON: a value of `serde_json` 1.
// An alias, since with a re-export the compiler would write `std::string::String` in every message.
pub type Json = serde_json::Value;

/// What one run of a check said.
///
/// Most checks return a `Result`; a `critical` or `degraded`-class check that can tell
/// "worse, but works" from "fails" returns an `Outcome`, alone or in a `Result`.
///
/// ```standalone_crate
/// use health_core::{Outcome, Status, health_check};
///
/// #[health_check(degraded)]
/// fn queue(queue: &Queue) -> Outcome {
///     match queue.len() {
///         0..1_000 => Outcome::passed(),
///         n => Outcome::degraded(format!("{n} messages wait")),
///     }
/// }
/// # struct Queue(usize);
/// # impl Queue { fn len(&self) -> usize { self.0 } }
///
/// let outcome = queue(&Queue(2_000));
/// assert_eq!(outcome.status(), Status::Degraded);
/// assert_eq!(outcome, Outcome::degraded("2000 messages wait"));
/// ```
// Not `Serialize`: that is what keeps `Result<Outcome, E>` apart from `Result<T: Serialize, E>`.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Outcome {
    status: Status,
    message: Option<String>,
    details: Json,
}

/// The details of a pass, for a check that is made by hand: `Ok(Details(stats))`.
///
/// A type of its own, so that `Ok(false)` and `Ok(None)` are no passes.
///
/// ```
/// use health_core::{Check, Details};
///
/// let disk = Check::degraded_blocking("disk", || {
///     let free = std::fs::metadata(".")?.len();
///     Ok::<_, std::io::Error>(Details(free))
/// });
/// # drop(disk);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details<T>(pub T);

impl Outcome {
    /// Returns the outcome of a check that passed.
    pub fn passed() -> Outcome {
        Outcome::of(Status::Healthy, None)
    }

    /// Returns the outcome of a check that works, but worse than it should; `message` says how.
    ///
    /// The message is private: `/health/deep` shows it.
    pub fn degraded(message: impl Into<String>) -> Outcome {
        let message = shortened(message.into());
        Outcome::of(Status::Degraded, Some(message))
    }

    /// Returns the outcome of a check that failed; `error` and its sources say why.
    ///
    /// They are private: `/health/deep` shows them. No more than 4 KiB of them is read, and 1 KiB shown.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Outcome {
        Outcome::of(Status::Unhealthy, Some(chain(&*error.into())))
    }

    /// Adds free data, usually a struct or a map. It is private: `/health/deep` shows it.
    ///
    /// At most 16 KiB of JSON. What is longer, or cannot be serialised, is replaced by a text that says so.
    pub fn with_details(mut self, details: impl Serialize) -> Outcome {
        self.details = kept(&details);
        self
    }

    /// Returns how well the check works: `Healthy`, `Degraded` or `Unhealthy`.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Returns what the check said, when it did not pass.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the details; `null` where none were added.
    pub fn details(&self) -> &Json {
        &self.details
    }

    #[cfg(feature = "engine")]
    pub(crate) fn into_details(self) -> Json {
        self.details
    }

    fn of(status: Status, message: Option<String>) -> Outcome {
        Outcome {
            status,
            message,
            details: Json::Null,
        }
    }
}

/// No more than this is read of an error and its sources, in bytes.
const LONGEST_TEXT: usize = 4 * 1024;

/// No more than this is kept of a run's details, in bytes of JSON.
const LONGEST_DETAILS: usize = 16 * 1024;

/// The error and its sources in one line, outermost first, as far as the limit goes: an error may be
/// its own source, and its text may have no end.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = Limited(String::new());
    let mut next = Some(error);
    let mut between = "";
    while let Some(error) = next {
        if write!(text, "{between}{error}").is_err() && text.is_full() {
            break;
        }
        between = ": ";
        next = error.source();
    }
    text.0
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.shrink_to_fit();
    }
    text
}

fn kept(details: &impl Serialize) -> Json {
    let mut json = LimitedJson(Vec::new());
    match serde_json::to_writer(&mut json, details) {
        Ok(()) => serde_json::from_slice(&json.0)
            .unwrap_or_else(|error| Json::String(format!("details cannot be kept: {error}"))),
        Err(error) if error.is_io() => {
            Json::String("details are longer than 16 KiB, so they are left out".into())
        }
        Err(error) => Json::String(format!("details cannot be serialised: {error}")),
    }
}

/// A text that takes no more than [`LONGEST_TEXT`].
struct Limited(String);

impl Limited {
    fn is_full(&self) -> bool {
        self.0.len() >= LONGEST_TEXT
    }
}

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LONGEST_TEXT.saturating_sub(self.0.len());
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(&text[..text.floor_char_boundary(room)]);
        // Full, also where a character did not fit into the last bytes.
        while !self.is_full() {
            self.0.push(' ');
        }
        Err(fmt::Error)
    }
}

/// JSON that takes no more than [`LONGEST_DETAILS`].
struct LimitedJson(Vec<u8>);

impl io::Write for LimitedJson {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_DETAILS {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no connection")
        }
    }
    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_failure_tells_its_whole_chain() {
        let outcome = Outcome::failed(Outer(io::Error::other("refused")));
        assert_eq!(outcome.message(), Some("no connection: refused"));
    }

    #[test]
    fn an_error_that_is_its_own_source_has_an_end() {
        #[derive(Debug)]
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Ok(())
            }
        }
        impl Error for Endless {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&Endless)
            }
        }
        assert_eq!(chain(&Endless).len(), LONGEST_TEXT);
    }

    #[test]
    fn a_text_without_end_is_read_up_to_the_limit() {
        #[derive(Debug)]
        struct Flood;
        impl fmt::Display for Flood {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("ééé")?;
                }
            }
        }
        impl Error for Flood {}
        assert_eq!(chain(&Flood).len(), LONGEST_TEXT);
        let long = Outcome::degraded("é".repeat(LONGEST_TEXT));
        assert!(
            long.message()
                .is_some_and(|text| text.len() <= LONGEST_TEXT)
        );
    }

    #[test]
    fn an_error_whose_text_fails_still_tells_its_source() {
        #[derive(Debug)]
        struct Mute(io::Error);
        impl fmt::Display for Mute {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        impl Error for Mute {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        assert_eq!(chain(&Mute(io::Error::other("refused"))), ": refused");
    }

    #[test]
    fn details_that_cannot_be_kept_do_not_fail_the_check() {
        let keys_are_not_text = std::collections::BTreeMap::from([((1, 2), 3)]);
        let outcome = Outcome::passed().with_details(keys_are_not_text);
        assert_eq!(outcome.status(), Status::Healthy);
        assert!(
            outcome
                .details()
                .as_str()
                .is_some_and(|text| text.contains("serialised"))
        );
        let outcome = Outcome::passed().with_details(vec![0_u8; LONGEST_DETAILS]);
        assert!(
            outcome
                .details()
                .as_str()
                .is_some_and(|text| text.contains("16 KiB"))
        );
        let outcome = Outcome::passed().with_details([1, 2]);
        assert_eq!(outcome.details()[1], 2);
    }
}
