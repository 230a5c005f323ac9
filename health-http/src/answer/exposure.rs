use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::Public;

/// How much of a public answer is shown. The code and the `x-health-status` header are the same for all.
///
/// ```
/// use health_core::Health;
/// use health_http::{Endpoints, Exposure};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let endpoints = Endpoints::probes(&health).exposure(Exposure::StatusOnly);
/// # drop(endpoints);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// Every check by name, with its status and reason.
    #[default]
    Full,
    /// Only what is not healthy.
    Failing,
    /// Nothing but the status.
    StatusOnly,
}

/// What of an answer is shown.
#[derive(Debug)]
pub(crate) enum Shown<'a, T: Public> {
    Whole(Cow<'a, T>),
    /// Without the healthy ones, which are so many.
    Omitting(T, usize),
    /// Nothing but its status.
    Status(&'a T),
}

impl<'a, T: Public> Shown<'a, T> {
    pub(crate) fn of(answer: &'a T, exposure: Exposure) -> Shown<'a, T> {
        match exposure {
            Exposure::Full => Shown::Whole(Cow::Borrowed(answer)),
            Exposure::Failing => Shown::Whole(Cow::Owned(answer.without_healthy())),
            Exposure::StatusOnly => Shown::Status(answer),
        }
    }

    /// The same without the healthy ones, if there are any.
    pub(crate) fn shorter(&self) -> Option<Shown<'a, T>> {
        let Shown::Whole(answer) = self else {
            return None;
        };
        let short = answer.without_healthy();
        let omitted = answer.entries().len() - short.entries().len();
        (omitted > 0).then_some(Shown::Omitting(short, omitted))
    }
}

/// As it stands in the body of `application/json`.
impl<T: Public> Serialize for Shown<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Omitting<'a, T> {
            #[serde(flatten)]
            answer: &'a T,
            omitted: usize,
        }
        #[derive(Serialize)]
        struct Status {
            status: &'static str,
        }
        match self {
            Shown::Whole(answer) => answer.serialize(serializer),
            Shown::Omitting(answer, omitted) => Omitting {
                answer,
                omitted: *omitted,
            }
            .serialize(serializer),
            Shown::Status(answer) => Status {
                status: answer.status(),
            }
            .serialize(serializer),
        }
    }
}
