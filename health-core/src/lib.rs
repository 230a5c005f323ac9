//! Declarative health checks for services: annotate a function, and the answers to
//! liveness, readiness and startup are honest.

mod name;

mod class;
mod feature;
mod outcome;
mod schedule;

mod returns;
mod work;

mod check;
mod checks;
mod declaration;
mod state;

pub use check::Check;
pub use class::{Class, Critical, Degraded, Liveness, Startup};
pub use declaration::CheckRef;
pub use feature::Feature;
pub use health_macros::health_check;
pub use outcome::Outcome;
pub use returns::Returns;

// Not public API: what generated code needs.
#[doc(hidden)]
pub mod __private {
    pub use crate::class::{Class, Critical, Degraded, Liveness, Startup};
    pub use crate::declaration::{Binder, CheckRef, Declaration, NO_CHECKS, submit, type_id_of};
    pub use crate::feature::Feature;
    pub use crate::returns::{Returned, ReturnsOther, ReturnsResult};
    pub use crate::schedule::Options;
    pub use crate::work::{BoxedWith, BoxedWithRefused, With, Work};
    pub use std::clone::Clone;
    pub use std::option::Option::{None, Some};
    pub use std::panic::Location;
    pub use std::time::Duration;
    pub use std::{concat, stringify};
}

// The attribute writes `::health_core`, also inside this crate.
#[cfg(test)]
extern crate self as health_core;
