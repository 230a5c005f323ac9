use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use crate::declare::schedule::Options;
use crate::declare::state::State;
use crate::declare::work::Work;
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
    /// For `&T`.
    pub fn shared<T: ?Sized + Shared>(&mut self, argument: &'static str) -> Option<Arc<T>> {
        let found = T::find(self);
        self.found(found, argument)
    }

    /// For `Option<&T>`.
    pub fn shared_if_given<T: ?Sized + Shared>(&self) -> Option<Arc<T>> {
        T::find(self)
    }

    /// For `&dyn Trait` and `Arc<dyn Trait>`.
    pub fn object<T: ?Sized + Object>(&mut self, argument: &'static str) -> Option<Arc<T>> {
        let found = self.state.arc::<T>();
        self.found(found, argument)
    }

    /// For `Option<&dyn Trait>`.
    pub fn object_if_given<T: ?Sized + Object>(&self) -> Option<Arc<T>> {
        self.state.arc::<T>()
    }

    /// For `Arc<T>`, whatever it is called.
    pub fn owned<T: Owned>(&mut self, argument: &'static str) -> Option<Given<T>> {
        let found = self.shared::<T::State>(argument)?;
        Some(Given {
            value: Arc::new(move || T::from(Arc::clone(&found))),
            like: PhantomData,
        })
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

/// A type of which a service has one value, so that its type is enough to find it.
///
/// Not public API.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a check",
    label = "write a type that is `Sized + Send + Sync + 'static`, since all runs share its value",
    note = "for a string or a list, make a type of your own: `struct Url(String);` and `url: &Url`"
)]
pub trait Shared: Send + Sync + 'static {
    /// Looks it up.
    fn find(binder: &Binder<'_>) -> Option<Arc<Self>>;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shared for T {
    fn find(binder: &Binder<'_>) -> Option<Arc<T>> {
        binder.state.shared()
    }
}

/// A trait by which state is found.
///
/// Not public API.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a check",
    label = "write `trait ..: Send + Sync`, since all runs share its value"
)]
pub trait Object: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + Send + Sync + 'static> Object for T {}

/// An argument that is taken by value.
///
/// Not public API.
#[diagnostic::on_unimplemented(
    message = "a check cannot take `{Self}` by value, since all runs share its state",
    label = "write `&{Self}`",
    note = "the arguments of a check are `&T`, `&dyn Trait`, `Arc<T>`, `Arc<dyn Trait>` and `Option<&T>`, where `T` and `Trait` are `Send + Sync`"
)]
pub trait Owned: From<Arc<Self::State>> + 'static {
    /// What it is an `Arc` of.
    type State: Send + Sync + 'static;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Owned for Arc<T> {
    type State = T;
}

/// An argument that is taken by value, for many runs.
///
/// Not public API.
pub struct Given<T> {
    value: Arc<dyn Fn() -> T + Send + Sync>,
    // As little `Send` as the argument itself.
    like: PhantomData<T>,
}

impl<T> Given<T> {
    /// The argument of one run.
    pub fn value(&self) -> T {
        (self.value)()
    }
}

impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").finish_non_exhaustive()
    }
}

impl<T> Clone for Given<T> {
    fn clone(&self) -> Given<T> {
        Given {
            value: Arc::clone(&self.value),
            like: PhantomData,
        }
    }
}

/// A function named in [`checks!`](crate::checks).
#[derive(Clone, Copy, Debug)]
pub struct CheckRef {
    /// The type of the function item.
    pub function: TypeId,
    /// The path as it was written.
    pub path: &'static str,
    /// Where it was written.
    pub location: &'static Location<'static>,
}

impl CheckRef {
    /// Names a function.
    #[track_caller]
    pub fn new<F: 'static>(function: &F, path: &'static str) -> CheckRef {
        CheckRef {
            function: type_id_of(function),
            path,
            location: Location::caller(),
        }
    }
}

/// What `checks![]` is.
pub const NO_CHECKS: [CheckRef; 0] = [];

/// The `TypeId` of a function item, which nothing else in the program has.
pub fn type_id_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::declare::work::Kind;
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
        assert_eq!(failed.message(), Some("stands"));
    }

    #[test]
    fn the_function_stays_what_it_was() {
        assert_eq!(r#type(), Err("stands"));
        assert_eq!((declared("moves").function)(), type_id_of(&r#type));
    }
}
