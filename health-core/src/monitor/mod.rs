//! Runs the checks: one future over a clock, a source of jitter and a place where runs run.
//!
//! It runs nobody else's code, so that nothing but the scheduler can make it late.

mod event;
mod launch;
mod relay;
mod run;
mod runtime;
#[cfg(feature = "__simulation")]
pub(crate) mod simulated;
mod slot;
mod start;
mod tell;
mod threads;
mod time;
mod turn;
mod watchdog;
mod workers;

pub(crate) use event::Event;
pub(crate) use launch::Place;
pub(crate) use start::{Settings, start};
#[cfg(feature = "__simulation")]
pub(crate) use {tell::Line, turn::Monitor};
