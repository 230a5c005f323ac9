//! A script: one service, what its runs do, and what happens to it, as plain values.
//!
//! Nothing in a run of the simulation is random but what made the script, so a script can be
//! cut down value by value for as long as it still fails.

use std::time::Duration;

use crate::answers::Class;

/// Names of checks, in registry order.
pub(crate) const CHECKS: [&str; 8] = [
    "database", "cache", "search", "queue", "disk", "ledger", "gateway", "index",
];
pub(crate) const FEATURES: [&str; 3] = ["checkout", "browse", "reports"];
pub(crate) const HEARTBEATS: [&str; 3] = ["mailer", "consumer", "sweeper"];
pub(crate) const TASKS: [&str; 3] = ["catalog", "migration", "warmup"];

/// Longer than any simulation.
pub(crate) const FOREVER: Duration = Duration::from_secs(1 << 40);

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Script {
    pub(crate) seed: u64,
    pub(crate) service: Service,
    pub(crate) happenings: Vec<Happening>,
    /// When it ends, counted from the start.
    pub(crate) length: Duration,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Service {
    pub(crate) checks: Vec<Check>,
    /// How many of [`TASKS`] startup waits for.
    pub(crate) tasks: usize,
    pub(crate) stall_limit: Duration,
    /// Workers of the application's runtime.
    pub(crate) workers: usize,
    /// Plain functions at work at once.
    pub(crate) threads: usize,
    /// What `random()` returns.
    pub(crate) random: f64,
    /// Whether somebody asks after every event, or only when the script says so.
    pub(crate) asked_always: bool,
    /// Whether the log is read after every turn, or only when the script says so.
    pub(crate) log_read_always: bool,
    /// How late the machine is at the best of times: every turn, and every job of the runtime.
    pub(crate) lag: Duration,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    /// Whether it is a plain function, on a thread of its own.
    pub(crate) is_plain: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) retry: Option<Duration>,
    pub(crate) fail_after: Option<u32>,
    pub(crate) pass_after: Option<u32>,
    pub(crate) needed_by: Vec<&'static str>,
    /// What its runs do, one act after the other, and then from the first again.
    pub(crate) acts: Vec<Act>,
}

/// What a run does, so many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Act {
    pub(crate) times: u32,
    /// How long one of its polls holds its worker. A plain function holds nothing.
    pub(crate) holds: Duration,
    /// Whether that is the last poll, not the first.
    pub(crate) holds_last: bool,
    /// How long it waits between its polls, or works on its thread.
    pub(crate) waits: Duration,
    pub(crate) then: Then,
    /// Whether its future is dropped soon after it was cancelled; if not, it goes on as if nothing were.
    pub(crate) heeds: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Passes,
    Degrades,
    Fails,
    Panics,
    /// Waits for ever.
    Hangs,
    /// No thread could be had for it. Only of a plain function.
    IsRefused,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Happening {
    /// Counted from the start.
    pub(crate) at: Duration,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum What {
    /// The process stands still.
    Stops(Duration),
    /// The monitor gets no processor; everything else goes on.
    Starves(Duration),
    /// Every turn of the monitor in this time comes late.
    Slows {
        by: Duration,
        lasting: Duration,
    },
    /// The wall clock shows so many seconds after (or before) 1970.
    WallJumps(i64),
    /// The application holds workers of its runtime.
    TakesWorkers {
        workers: usize,
        lasting: Duration,
    },
    /// Somebody makes a heartbeat, and beats.
    Beats(Beats),
    Task {
        task: usize,
        does: TaskDoes,
    },
    Drains,
    Breaks,
    RuntimeEnds,
    /// Everybody looks at the answers.
    IsAsked,
    /// A slow subscriber reads on.
    SubscriberReads,
    LogIsRead(usize),
    /// The last handle is dropped.
    IsClosed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Beats {
    pub(crate) heartbeat: usize,
    pub(crate) max_gap: Duration,
    pub(crate) every: Duration,
    pub(crate) times: u32,
    pub(crate) then: AfterBeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterBeats {
    Finishes,
    IsDropped,
    IsSilent,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TaskDoes {
    Progresses(f64),
    Completes,
    Fails,
    IsDropped,
}

impl Check {
    /// What the run of this number does, from 0.
    pub(crate) fn act(&self, run: u64) -> Act {
        let cycle: u64 = self.acts.iter().map(|act| u64::from(act.times)).sum();
        let mut left = run % cycle.max(1);
        for act in &self.acts {
            if left < u64::from(act.times) {
                return *act;
            }
            left -= u64::from(act.times);
        }
        Act::PASSES
    }
}

impl Act {
    /// A run without a story.
    pub(crate) const PASSES: Act = Act {
        times: 1,
        holds: Duration::from_micros(20),
        holds_last: false,
        waits: Duration::from_millis(1),
        then: Then::Passes,
        heeds: true,
    };
}
