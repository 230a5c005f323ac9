use std::fmt;
use std::pin::Pin;

use crate::contender::Contender;
use crate::table::Row;

/// Something that goes wrong in services.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Whether it mostly waits, so that others may be measured at the same time.
    pub(crate) quiet: bool,
    /// Starts the processes, asks them, and says what came of it.
    pub(crate) measure: fn(Scale) -> Boxed<Vec<Row>>,
    /// What such a process does; the number says how much, where that differs.
    pub(crate) serve: fn(Contender, u64) -> Boxed<()>,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Whole,
    Quick,
}

impl Scale {
    pub(crate) fn of<T>(self, whole: T, quick: T) -> T {
        match self {
            Scale::Whole => whole,
            Scale::Quick => quick,
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
