use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::Guard;
use serde::{Serialize, Serializer};

use super::snapshot::Snapshot;
use crate::judge::facts::Seen;

/// A public answer, as it held when it was asked for.
///
/// Dereferences to the answer. It is read where the monitor put it: nothing is copied and no reference
/// is counted, so that any number of threads can ask at once. Keep it for a moment; to keep an answer
/// for longer, take [`Answer::arc`].
///
/// ```
/// use health_core::{Health, ReadinessStatus};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// assert_eq!(health.readiness().status, ReadinessStatus::Ready);
/// let kept = health_core::Answer::arc(&health.readiness());
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
pub struct Answer<T: 'static>(Held<T>);

enum Held<T: 'static> {
    Published {
        snapshot: Guard<Arc<Snapshot>>,
        seen: Seen,
        find: Find<T>,
    },
    Made(Arc<T>),
}

/// Where in a snapshot an answer is.
pub(super) enum Find<T> {
    Whole(fn(&Snapshot, Seen) -> &Arc<T>),
    Nth(fn(&Snapshot, Seen, usize) -> &Arc<T>, usize),
}

impl<T> Answer<T> {
    pub(super) fn published(
        snapshot: Guard<Arc<Snapshot>>,
        seen: Seen,
        find: Find<T>,
    ) -> Answer<T> {
        Answer(Held::Published {
            snapshot,
            seen,
            find,
        })
    }

    pub(super) fn made(answer: T) -> Answer<T> {
        Answer(Held::Made(Arc::new(answer)))
    }

    /// Returns the answer as a value of its own, which can be kept.
    ///
    /// While nothing has changed it is the same allocation for whoever asks. An associated function,
    /// since the answer may have a method of this name.
    pub fn arc(this: &Answer<T>) -> Arc<T> {
        Arc::clone(this.found())
    }

    fn found(&self) -> &Arc<T> {
        match &self.0 {
            Held::Made(answer) => answer,
            Held::Published {
                snapshot,
                seen,
                find,
            } => match find {
                Find::Whole(find) => find(snapshot, *seen),
                Find::Nth(find, index) => find(snapshot, *seen, *index),
            },
        }
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.found()
    }
}

impl<T: PartialEq> PartialEq for Answer<T> {
    fn eq(&self, other: &Answer<T>) -> bool {
        **self == **other
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Answer<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
