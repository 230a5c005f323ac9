//! What happened, line by line, and how a failure is told.

use std::fmt;
use std::time::Duration;

use crate::script::{Act, AfterBeats, Check, FOREVER, Script, TaskDoes, Then, What};

/// The lines of one simulation; keeps nothing unless it is wanted.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    is_wanted: bool,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    text: String,
    is_quiet: bool,
}

/// A difference, or something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Which rule of the simulation found it; shrinking keeps to it.
    pub(crate) kind: Kind,
    /// Counted from the start.
    pub(crate) at: Duration,
    pub(crate) what: String,
    pub(crate) model: String,
    pub(crate) core: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Start,
    Begins,
    Cancels,
    Pings,
    Sleeps,
    Tells,
    Answers,
    Words,
    Report,
    Always,
    Heartbeat,
    Subscriber,
    Log,
    Ends,
    Panics,
}

impl Timeline {
    pub(crate) fn wanted() -> Timeline {
        Timeline {
            is_wanted: true,
            lines: Vec::new(),
        }
    }

    /// Adds a line; `at` is counted from the start.
    pub(crate) fn note(&mut self, at: Duration, line: impl FnOnce() -> String) {
        if self.is_wanted {
            self.lines.push(Line {
                text: format!("{} {}", moment(at), line()),
                is_quiet: false,
            });
        }
    }

    /// Adds a line that is left out among its like.
    pub(crate) fn note_quietly(&mut self, at: Duration, line: &str) {
        self.note(at, || line.to_owned());
        if let Some(line) = self.lines.last_mut() {
            line.is_quiet = true;
        }
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in self.lines.chunk_by(|a, b| a.is_quiet == b.is_quiet) {
            // The last of them may be the turn that what follows belongs to.
            let left_out = if group[0].is_quiet && group.len() > 4 {
                group.len() - 1
            } else {
                0
            };
            if left_out > 0 {
                writeln!(f, "{:>14} {left_out} lines of nothing new", "..")?;
            }
            for line in &group[left_out..] {
                writeln!(f, "{}", line.text)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", moment(self.at), self.what)?;
        writeln!(f, "{:>14} {}", "model", self.model)?;
        writeln!(f, "{:>14} {}", "core", self.core)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = &self.service;
        writeln!(
            f,
            "seed {}: {} workers, {} threads, stall limit {:?}, random {}, {} startup tasks, lag up to {:?}, {}",
            self.seed,
            service.workers,
            service.threads,
            service.stall_limit,
            service.random,
            service.tasks,
            service.lag,
            if service.asked_always {
                "asked after every event"
            } else {
                "asked now and then"
            },
        )?;
        for check in &service.checks {
            writeln!(f, "  {check}")?;
            for act in &check.acts {
                writeln!(f, "      {act}")?;
            }
        }
        for happening in &self.happenings {
            writeln!(f, "{} {}", moment(happening.at), happening.what)?;
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_plain { "plain" } else { "async" };
        write!(f, "{} ({}, {kind})", self.name, self.class)?;
        for (option, value) in [
            ("timeout", self.timeout),
            ("interval", self.interval),
            ("retry", self.retry),
        ] {
            if let Some(value) = value {
                write!(f, " {option} {value:?}")?;
            }
        }
        for (option, value) in [
            ("fail_after", self.fail_after),
            ("pass_after", self.pass_after),
        ] {
            if let Some(value) = value {
                write!(f, " {option} {value}")?;
            }
        }
        if !self.needed_by.is_empty() {
            write!(f, " needed by {}", self.needed_by.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = if self.holds == FOREVER {
            "for ever".to_owned()
        } else {
            format!("{:?}", self.holds)
        };
        let when = if self.holds_last { "last" } else { "first" };
        let then = match self.then {
            Then::Passes => "passes",
            Then::Degrades => "is degraded",
            Then::Fails => "fails",
            Then::Panics => "panics",
            Then::Hangs => "hangs",
            Then::IsRefused => "gets no thread",
        };
        let heeds = if self.heeds {
            ""
        } else {
            ", ignores its cancellation"
        };
        write!(
            f,
            "{}x: waits {:?}, its {when} poll holds {holds}, {then}{heeds}",
            self.times, self.waits
        )
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Stops(lasting) => write!(f, "the process stops for {lasting:?}"),
            What::Starves(lasting) => write!(f, "the monitor gets no processor for {lasting:?}"),
            What::Slows { by, lasting } => {
                write!(f, "for {lasting:?} the monitor's turns are {by:?} late")
            }
            What::WallJumps(to) => write!(f, "the wall clock shows {to} s after 1970"),
            What::TakesWorkers { workers, lasting } => {
                write!(f, "the application holds {workers} workers for {lasting:?}")
            }
            What::Beats(beats) => {
                let then = match beats.then {
                    AfterBeats::Finishes => "finishes",
                    AfterBeats::IsDropped => "is dropped",
                    AfterBeats::IsSilent => "is silent",
                };
                write!(
                    f,
                    "heartbeat {} (max gap {:?}) beats {} times, every {:?}, and {then}",
                    crate::script::HEARTBEATS[beats.heartbeat],
                    beats.max_gap,
                    beats.times,
                    beats.every
                )
            }
            What::Task { task, does } => {
                let name = crate::script::TASKS[*task];
                match does {
                    TaskDoes::Progresses(done) => write!(f, "task {name} is done to {done:.4}"),
                    TaskDoes::Completes => write!(f, "task {name} is complete"),
                    TaskDoes::Fails => write!(f, "task {name} fails"),
                    TaskDoes::IsDropped => write!(f, "task {name} is dropped"),
                }
            }
            What::Drains => f.write_str("the service drains"),
            What::Breaks => f.write_str("the application declares itself broken"),
            What::RuntimeEnds => f.write_str("the application's runtime ends"),
            What::IsAsked => f.write_str("everybody asks"),
            What::SubscriberReads => f.write_str("the slow subscriber reads"),
            What::LogIsRead(lines) => write!(f, "{lines} lines of the log are read"),
            What::IsClosed => f.write_str("the last handle is dropped"),
        }
    }
}

fn moment(at: Duration) -> String {
    format!("{:>14.6}", at.as_secs_f64())
}
