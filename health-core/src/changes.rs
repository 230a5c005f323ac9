use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::Class;
use crate::verdict::Verdict;

/// A change of one check's verdict. It holds no error's text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The check's name.
    pub check: Arc<str>,
    /// The check's class.
    pub class: Class,
    /// The verdict before.
    pub from: Verdict,
    /// The verdict from now on.
    pub to: Verdict,
    /// When it changed: wall time, for display.
    pub at: SystemTime,
}

/// The changes of verdict, in order; made by [`Health::subscribe`](crate::Health::subscribe).
///
/// ```
/// use health_core::{Check, Health, Status, class::Critical};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let check = Check::new("disk", Critical, || async { std::fs::metadata(".").map(drop) });
/// let health = Health::builder().check(check).start()?;
/// let mut changes = health.subscribe();
/// let change = changes.next().await.ok_or("the service's health has ended")?;
/// assert_eq!((&*change.check, change.to.status), ("disk", Status::Healthy));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Changes {
    receiver: Receiver<Change>,
    missed: u64,
}

impl Changes {
    pub(crate) fn new(receiver: Receiver<Change>) -> Changes {
        Changes {
            receiver,
            missed: 0,
        }
    }

    /// Waits for the next change; `None` when the service's health has ended.
    ///
    /// The last 256 changes are kept for a slow reader; [`missed`](Self::missed) counts what went past it.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            match self.receiver.recv().await {
                Ok(change) => return Some(change),
                Err(RecvError::Lagged(missed)) => self.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// How many changes this reader was too slow for, up to now.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}
