//! What is written: checks, and all that belongs to writing one. Knows neither HTTP nor Tokio.

pub(crate) mod check;
mod checks;
pub(crate) mod class;
pub(crate) mod declaration;
#[cfg(feature = "engine")]
pub(crate) mod described;
pub(crate) mod feature;
pub(crate) mod name;
pub(crate) mod outcome;
pub(crate) mod returns;
pub(crate) mod schedule;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod work;
