use std::panic::Location;
use std::sync::Arc;

use super::check::Check;
use super::class::Class;
use super::feature::Feature;
use super::schedule::Schedule;

/// A check without what it runs: all of it that may be shared and shown.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) name: Arc<str>,
    pub(crate) class: Class,
    pub(crate) description: Option<Arc<str>>,
    pub(crate) schedule: Schedule,
    pub(crate) needed_by: Box<[Feature]>,
    /// Whether it runs on the application's runtime.
    pub(crate) is_async: bool,
    pub(crate) declared_at: &'static Location<'static>,
}

impl Described {
    pub(crate) fn new(check: &Check, schedule: Schedule) -> Described {
        Described {
            name: (&*check.name).into(),
            class: check.class,
            description: check.description.as_deref().map(Arc::from),
            schedule,
            needed_by: check.needed_by.as_slice().into(),
            is_async: check.work.is_async(),
            declared_at: check.declared_at,
        }
    }
}
