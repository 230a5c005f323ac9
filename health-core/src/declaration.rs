use std::any::TypeId;
use std::panic::Location;
use std::sync::Arc;

use crate::schedule::Options;
use crate::state::State;
use crate::work::Work;
use crate::{Check, Class, Feature};

/// What the attribute registers: a check before it has its state.
///
/// Not public API: the macro fills it in.
#[derive(Debug)]
pub struct Declaration {
    /// The check's name.
    pub name: &'static str,
    /// The check's class.
    pub class: Class,
    /// The function's doc comment.
    pub description: &'static str,
    /// The written options.
    pub options: Options,
    /// Features that cannot be served while this fails.
    pub needed_by: &'static [Feature],
    /// Where the attribute stands.
    pub location: &'static Location<'static>,
    /// The type of the function item, by which `checks![..]` finds its declaration.
    pub function: fn() -> TypeId,
    /// Looks up the arguments; `None` when one is missing.
    pub bind: fn(&mut Binder<'_>) -> Option<Work>,
}

inventory::collect!(Declaration);

impl Declaration {
    /// Every declaration that is linked into this program, in no particular order.
    pub(crate) fn all() -> impl Iterator<Item = &'static Declaration> {
        inventory::iter::<Declaration>()
    }

    /// The check, or the arguments that no state was given for.
    pub(crate) fn bind(&self, state: &State) -> Result<Check, Vec<Missing>> {
        let mut binder = Binder {
            state,
            missing: Vec::new(),
        };
        let Some(work) = (self.bind)(&mut binder) else {
            return Err(binder.missing);
        };
        let mut check = Check::of(self.name.into(), self.class, work, self.location);
        check.options = self.options;
        check.needed_by = self.needed_by.to_vec();
        check.description = (!self.description.is_empty()).then(|| self.description.into());
        Ok(check)
    }
}

/// Looks up the arguments of one check, and remembers what it did not find.
///
/// Not public API.
#[derive(Debug)]
pub struct Binder<'s> {
    state: &'s State,
    missing: Vec<Missing>,
}

/// An argument that no state was given for.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) argument: &'static str,
    pub(crate) type_name: &'static str,
}

impl Binder<'_> {
    /// For `&T` and `Arc<T>`.
    pub fn shared<T: Send + Sync + 'static>(&mut self, argument: &'static str) -> Option<Arc<T>> {
        let found = self.state.shared::<T>();
        self.found(found, argument)
    }

    /// For `&dyn Trait` and `Arc<dyn Trait>`.
    pub fn object<T: ?Sized + Send + Sync + 'static>(
        &mut self,
        argument: &'static str,
    ) -> Option<Arc<T>> {
        let found = self.state.arc::<T>();
        self.found(found, argument)
    }

    /// For `Option<&T>`.
    pub fn shared_if_given<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.state.shared::<T>()
    }

    /// For `Option<&dyn Trait>`.
    pub fn object_if_given<T: ?Sized + Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.state.arc::<T>()
    }

    fn found<T: ?Sized>(
        &mut self,
        found: Option<Arc<T>>,
        argument: &'static str,
    ) -> Option<Arc<T>> {
        if found.is_none() {
            self.missing.push(Missing {
                argument,
                type_name: std::any::type_name::<T>(),
            });
        }
        found
    }
}

/// The functions named in `checks![..]`.
///
/// Not public API: `checks!` makes it.
#[derive(Clone, Copy, Debug)]
pub struct CheckRef {
    /// The type of the function item.
    pub function: TypeId,
    /// The path as it was written.
    pub path: &'static str,
    /// Where it was written.
    pub location: &'static Location<'static>,
}

/// The `TypeId` of a function item, which nothing else in the program has.
pub fn type_id_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}
