//! From declarations and state to a running service, or every reason why not.

pub(crate) mod builder;
pub(crate) mod error;
mod registry;
