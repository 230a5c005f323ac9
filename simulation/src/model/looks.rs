//! When the monitor may last have looked at what it only sees by looking.
//!
//! It looks at least every 250 ms, at a turn; at which turn is its own business, but a ping that it
//! sends gives a look away, and a look with no ping out would have sent one. Whatever the looks that
//! are left could have found is a right answer.

use std::time::Duration;

use super::runtime::Stall;
use crate::answers::Task;

/// It looks at least this often, in lived time.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// What one look finds.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) at: Duration,
    pub(crate) stall: Stall,
    pub(crate) tasks: Vec<Task>,
    /// By number of the heartbeat.
    pub(crate) heartbeats: Vec<Beating>,
}

/// What may be seen of a heartbeat: any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beating {
    pub(crate) none: bool,
    pub(crate) healthy: bool,
    pub(crate) overdue: bool,
}

/// The looks of which one was the last.
#[derive(Debug)]
pub(crate) struct Looks {
    pub(crate) possible: Vec<Look>,
}

impl Looks {
    /// Returns when it must have looked again.
    pub(crate) fn next_by(&self) -> Duration {
        let latest = self.possible.iter().map(|look| look.at).max();
        latest.map_or(Duration::ZERO, |at| at + TICK)
    }

    /// Adds what a look at this turn would find; an error if there must have been one and was none.
    pub(crate) fn turn(&mut self, look: Look, is_possible: bool, is_certain: bool) -> bool {
        let now = look.at;
        self.possible
            .retain(|last| !is_certain && now.saturating_sub(last.at) < TICK);
        if is_possible {
            self.possible.push(look);
        }
        !self.possible.is_empty()
    }
}

impl Beating {
    pub(crate) const NONE: Beating = Beating {
        none: true,
        healthy: false,
        overdue: false,
    };

    pub(crate) fn allows(self, overdue: Option<bool>) -> bool {
        match overdue {
            None => self.none,
            Some(false) => self.healthy,
            Some(true) => self.overdue,
        }
    }
}
