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

pub use inventory::submit;

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
        let description = self.description.trim();
        check.description = (!description.is_empty()).then(|| description.into());
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
    /// For `Arc<T>`.
    pub fn owned<T: Argument>(&mut self, argument: &'static str) -> Option<T> {
        T::find(self, argument)
    }

    /// For `&T`.
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

/// An argument that is taken by value.
pub trait Argument: Clone + Send + Sync + 'static {
    /// Looks it up.
    fn find(binder: &mut Binder<'_>, argument: &'static str) -> Option<Self>;
}

impl<T: Send + Sync + 'static> Argument for Arc<T> {
    fn find(binder: &mut Binder<'_>, argument: &'static str) -> Option<Arc<T>> {
        binder.shared(argument)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::work::Kind;
    use crate::{Feature, Outcome, health_check};

    struct Pool;
    struct Index;
    trait Clock: Send + Sync {}
    struct Wall;
    impl Clock for Wall {}

    const SEARCH: Feature = Feature::new("search");

    /// Orders are stored here;
    /// without it nothing can be served.
    #[health_check(
        critical,
        timeout = "500ms",
        interval = "1m30s",
        retry = "2s",
        fail_after = 4,
        pass_after = 2,
        needed_by(SEARCH)
    )]
    async fn everything(
        pool: &Pool,
        clock: &dyn Clock,
        index: Option<&Index>,
        maybe_clock: Option<&dyn Clock>,
        owned: Arc<Pool>,
        owned_clock: Arc<dyn Clock>,
    ) -> Result<(), std::io::Error> {
        let _ = (pool, clock, maybe_clock, owned, owned_clock);
        index.map(|_| ()).ok_or(std::io::Error::other("no index"))
    }

    #[health_check(liveness, name = "moves")]
    fn r#type() -> Result<(), &'static str> {
        Err("stands")
    }

    fn declared(name: &str) -> &'static Declaration {
        Declaration::all()
            .find(|declaration| declaration.name == name)
            .expect("declared below")
    }

    #[test]
    fn an_attribute_becomes_a_check() {
        let mut state = State::default();
        let here = Location::caller();
        state.insert(Pool, here);
        state.insert(Arc::new(Wall) as Arc<dyn Clock>, here);
        let check = declared("everything").bind(&state).unwrap();
        assert_eq!(check.class, Class::Critical);
        assert_eq!(check.options.timeout, Some(Duration::from_millis(500)));
        assert_eq!(check.options.interval, Some(Duration::from_secs(90)));
        assert_eq!(check.options.retry, Some(Duration::from_secs(2)));
        assert_eq!(check.options.fail_after, Some(4));
        assert_eq!(check.options.pass_after, Some(2));
        assert_eq!(check.needed_by, [SEARCH]);
        let description = "Orders are stored here;\nwithout it nothing can be served.";
        assert_eq!(check.description.as_deref(), Some(description));
        assert!(check.declared_at.file().ends_with("declaration.rs"));
        assert!(check.work.is_async());
    }

    #[test]
    fn every_missing_argument_is_named() {
        let missing = declared("everything").bind(&State::default()).unwrap_err();
        let names: Vec<_> = missing.iter().map(|missing| missing.argument).collect();
        assert_eq!(names, ["pool", "clock", "owned", "owned_clock"]);
        assert!(
            missing[1].type_name.contains("dyn"),
            "{}",
            missing[1].type_name
        );
    }

    #[test]
    fn a_plain_function_may_block() {
        let check = declared("moves").bind(&State::default()).unwrap();
        assert_eq!(check.class, Class::Liveness);
        assert_eq!(check.description, None);
        let Kind::Blocking(run) = check.work.0 else {
            panic!("{:?}", check.work)
        };
        let failed: Outcome = run();
        assert_eq!(failed.message.as_deref(), Some("stands"));
    }

    #[test]
    fn the_function_stays_what_it_was() {
        assert_eq!(r#type(), Err("stands"));
        assert_eq!((declared("moves").function)(), type_id_of(&r#type));
    }
}
