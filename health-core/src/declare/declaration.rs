use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::declare::check::Check;
use crate::declare::class::Class;
use crate::declare::feature::Feature;
use crate::declare::outcome::Outcome;
use crate::declare::returns::Running;
use crate::declare::schedule::Options;
use crate::declare::state::State;
use crate::declare::work::{Kind, Work};

/// What the attribute registers: a check before it has its state.
///
/// The macro makes it from data and one function pointer. All that can be the same for many checks
/// (finding state, keeping it, reading what was returned) is written here, once for each type: a
/// line of generated code is compiled as often as there are checks.
///
/// Not public API: the macro fills it in.
#[derive(Debug)]
pub struct Declaration {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    /// The function's doc comment.
    pub(crate) description: &'static str,
    pub(crate) options: Options,
    pub(crate) needed_by: &'static [Feature],
    /// Where the attribute stands.
    pub(crate) location: &'static Location<'static>,
    /// The type of the function item, by which `checks![..]` finds its declaration.
    pub(crate) function: fn() -> TypeId,
    arguments: &'static [Argument],
    call: Call,
}

inventory::collect!(Declaration);

pub use inventory::submit;

/// The user's function, called with its state.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// Of an `async fn`: makes the future.
    Awaited(for<'a> fn(&'a Bound) -> Running<'a>),
    /// Of a plain `fn`: may block.
    Blocking(fn(&Bound) -> Outcome),
}

impl Call {
    /// The function with its state.
    fn with(self, bound: Bound) -> Work {
        match self {
            Call::Awaited(call) => {
                let bound = Arc::new(bound);
                Work(Kind::Async(Arc::new(move || {
                    let bound = Arc::clone(&bound);
                    Box::pin(async move { call(&bound).await })
                })))
            }
            Call::Blocking(call) => Work::blocking(move || call(&bound)),
        }
    }
}

impl Declaration {
    /// Declares a check of default options.
    #[track_caller]
    pub const fn of<F: 'static>(
        _function: &F,
        name: &'static str,
        class: Class,
        description: &'static str,
        arguments: &'static [Argument],
        call: Call,
    ) -> Declaration {
        Declaration {
            name,
            class,
            description,
            options: Options::NONE,
            needed_by: &[],
            location: Location::caller(),
            function: TypeId::of::<F>,
            arguments,
            call,
        }
    }

    /// The check's name, where that is not the function's: `[a-z][a-z0-9_-]*`, at most 63 bytes.
    pub const fn name(mut self, name: &'static str) -> Declaration {
        self.name = name;
        self
    }

    /// The features that cannot be served while this fails.
    pub const fn needed_by(mut self, needed_by: &'static [Feature]) -> Declaration {
        self.needed_by = needed_by;
        self
    }

    /// A run past it is a failure, and ended. Default: `2s`, or `interval` when that is shorter.
    pub const fn timeout(mut self, millis: u64) -> Declaration {
        self.options.timeout = Some(Duration::from_millis(millis));
        self
    }

    /// From the end of a run to the start of the next. Default: `5s`. Not for startup checks.
    pub const fn interval(mut self, millis: u64) -> Declaration {
        self.options.interval = Some(Duration::from_millis(millis));
        self
    }

    /// The same as `interval`, while the verdict is in doubt or not healthy. Default: `1s`, or
    /// `interval` when that is shorter.
    pub const fn retry(mut self, millis: u64) -> Declaration {
        self.options.retry = Some(Duration::from_millis(millis));
        self
    }

    /// Worse runs in a row before the verdict falls. Default: 2, for liveness 3. Not for startup
    /// checks.
    pub const fn fail_after(mut self, runs: u32) -> Declaration {
        self.options.fail_after = Some(runs);
        self
    }

    /// Better runs in a row before the verdict rises. Default: 1. Not for startup checks.
    pub const fn pass_after(mut self, runs: u32) -> Declaration {
        self.options.pass_after = Some(runs);
        self
    }

    /// Why the body may pass whatever the answer is: for whoever reviews it.
    pub const fn ignores_errors(self) -> Declaration {
        self
    }

    /// Why a liveness check that connects or waits stays within the process: for whoever reviews it.
    pub const fn local(self) -> Declaration {
        self
    }

    /// Every declaration that is linked into this program, in no particular order.
    pub(crate) fn all() -> impl Iterator<Item = &'static Declaration> {
        inventory::iter::<Declaration>()
    }

    /// The check, and the arguments that no state was given for: with any of these it must never run.
    pub(crate) fn bind(&self, state: &State) -> (Check, Vec<Missing>) {
        let mut missing = Vec::new();
        let mut slots = Vec::with_capacity(self.arguments.len());
        for (argument, find) in self.arguments {
            match find(Given(state)) {
                Found::Found(slot) => slots.push(slot),
                Found::Missing(type_name) => {
                    slots.push(None);
                    missing.push(Missing {
                        argument,
                        type_name,
                    });
                }
            }
        }
        let work = self.call.with(Bound(slots.into()));
        let mut check = Check::of(self.name.into(), self.class, work, self.location);
        check.options = self.options;
        check.needed_by = self.needed_by.to_vec();
        let description = self.description.trim();
        check.description = (!description.is_empty()).then(|| description.into());
        (check, missing)
    }
}

/// The classes, by the words of the attribute.
#[allow(non_upper_case_globals, reason = "the words of the attribute")]
pub mod class {
    use crate::declare::class::Class;

    /// Without it this instance must get no traffic.
    pub const critical: Class = Class::Critical;
    /// Without it the service is worse, but serves.
    pub const degraded: Class = Class::Degraded;
    /// Asked until it passes once, then never again: before that the service is not started.
    pub const startup: Class = Class::Startup;
    /// About this process alone: its failure asks for a restart.
    pub const liveness: Class = Class::Liveness;
}

/// What may stand in the parentheses of the attribute: an editor completes it from here.
#[allow(
    non_camel_case_types,
    missing_debug_implementations,
    reason = "the words of the attribute"
)]
pub mod words {
    pub use super::class::*;

    macro_rules! words {
        ($($word:ident)*) => {$(
            #[doc = concat!("See [`Declaration::", stringify!($word), "`](super::Declaration::", stringify!($word), ").")]
            pub struct $word;
        )*};
    }

    words! { name timeout interval retry fail_after pass_after needed_by ignores_errors local }
}

/// An argument that no state was given for.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) argument: &'static str,
    pub(crate) type_name: &'static str,
}

/// An argument of a declared function: its name, and how its state is found.
pub(crate) type Argument = (&'static str, Find);

/// Finds the state of an argument; or tells the type that is missing.
pub(crate) type Find = fn(Given<'_>) -> Found;

/// The state that was given to the builder.
#[derive(Clone, Copy, Debug)]
pub struct Given<'s>(&'s State);

/// What was looked for, or the name of the type that is missing.
#[derive(Debug)]
pub enum Found {
    /// It is there, or may be missing.
    Found(Slot),
    /// It is missing.
    Missing(&'static str),
}

/// The state of one argument, an `Arc<Arc<T>>`; `None` where it may be missing.
type Slot = Option<Arc<dyn Any + Send + Sync>>;

/// For `&T` and `Arc<T>`.
pub fn shared<T: ?Sized + Shared>(given: Given<'_>) -> Found {
    required::<T>(T::find(given))
}

/// For `Option<&T>`.
pub fn shared_if_given<T: ?Sized + Shared>(given: Given<'_>) -> Found {
    Found::Found(T::find(given))
}

/// For `&dyn Trait` and `Arc<dyn Trait>`.
pub fn object<T: ?Sized + Object>(given: Given<'_>) -> Found {
    required::<T>(given.0.arc::<T>().map(|found| Arc::new(found) as _))
}

/// For `Option<&dyn Trait>`.
pub fn object_if_given<T: ?Sized + Object>(given: Given<'_>) -> Found {
    Found::Found(given.0.arc::<T>().map(|found| Arc::new(found) as _))
}

/// For all else, which may be one of these by another name.
pub fn owned<T: Owned<'static>>(given: Given<'_>) -> Found {
    T::find(given)
}

fn required<T: ?Sized>(found: Slot) -> Found {
    match found {
        Some(_) => Found::Found(found),
        None => Found::Missing(std::any::type_name::<T>()),
    }
}

/// The state of one check, in the order of its arguments.
pub struct Bound(Box<[Slot]>);

// Each argument was found under its own type when the check was bound.
const ITS_OWN: &str = "an argument is bound under its own type";

#[allow(clippy::missing_panics_doc, reason = "not for users, and it does not")]
impl Bound {
    /// For `&T` and `&dyn Trait`.
    pub fn shared<T: ?Sized + 'static>(&self, place: usize) -> &T {
        self.shared_if_given(place).expect(ITS_OWN)
    }

    /// For `Option<&T>` and `Option<&dyn Trait>`.
    pub fn shared_if_given<T: ?Sized + 'static>(&self, place: usize) -> Option<&T> {
        Some(&**self.slot(place)?)
    }

    /// For `Arc<T>` and `Arc<dyn Trait>`.
    pub fn arc<T: ?Sized + 'static>(&self, place: usize) -> Arc<T> {
        Arc::clone(self.slot(place).expect(ITS_OWN))
    }

    fn slot<T: ?Sized + 'static>(&self, place: usize) -> Option<&Arc<T>> {
        let slot = self.0[place].as_ref()?;
        Some(slot.downcast_ref().expect(ITS_OWN))
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.0.len()).finish()
    }
}

/// A type of which a service has one value, so that its type is enough to find it.
///
/// Not public API.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a check",
    label = "write a type that is `Sized + Send + Sync + 'static`, since all runs share its value",
    note = "for a string, a path or a list, make a type of your own: `struct Url(String);` and `url: &Url`",
    note = "for a trait, write `&dyn Trait`, and not the name of an alias: an argument is read as it is written"
)]
pub trait Shared: Send + Sync + 'static {
    /// Looks it up.
    #[doc(hidden)]
    fn find(given: Given<'_>) -> Slot;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shared for T {
    fn find(given: Given<'_>) -> Slot {
        Some(Arc::new(given.0.shared::<T>()?))
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

/// An argument by another name than its own.
///
/// Not public API.
#[diagnostic::on_unimplemented(
    message = "a check cannot take `{Self}` by value, since all runs share its state",
    label = "write `&{Self}`",
    note = "the arguments of a check are `&T`, `&dyn Trait`, `Arc<T>`, `Arc<dyn Trait>` and `Option<&T>`, where `T` and `Trait` are `Send + Sync`"
)]
pub trait Owned<'a>: Sized {
    /// Looks it up.
    #[doc(hidden)]
    fn find(given: Given<'_>) -> Found;

    /// The argument of one run.
    fn take(bound: &'a Bound, place: usize) -> Self;
}

macro_rules! owned {
    ($($form:ty: $find:ident, $take:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, T: Send + Sync + 'static> Owned<'a> for $form {
                    fn find(given: Given<'_>) -> Found {
                $find::<T>(given)
            }

            fn take(bound: &'a Bound, place: usize) -> $form {
                bound.$take(place)
            }
        }
    )*};
}

owned! {
    Arc<T>: shared, arc;
    &'a T: shared, shared;
    Option<&'a T>: shared_if_given, shared_if_given;
}

/// An argument by another name, and its place; what is no argument was refused already, and is
/// not refused a second time here.
///
/// Not public API.
#[derive(Debug)]
pub struct Take<A> {
    place: usize,
    // As little `Send` as the argument itself.
    like: PhantomData<A>,
}

impl<A> Clone for Take<A> {
    fn clone(&self) -> Take<A> {
        *self
    }
}

impl<A> Copy for Take<A> {}

impl<A> Take<A> {
    /// Makes the type a value.
    pub const fn at(place: usize) -> Take<A> {
        let like = PhantomData;
        Take { place, like }
    }
}

/// For what can be an argument.
pub trait Takes<'a, A>: Sized {
    /// The argument of one run.
    fn __health_take(self, bound: &'a Bound) -> A;
}

impl<'a, A: Owned<'a>> Takes<'a, A> for Take<A> {
    fn __health_take(self, bound: &'a Bound) -> A {
        A::take(bound, self.place)
    }
}

/// For all else.
pub trait TakesRefused<A>: Sized {
    /// Never called.
    fn __health_take(self, _: &Bound) -> A {
        unreachable!("refused by the compiler")
    }
}

impl<A> TakesRefused<A> for &Take<A> {}

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
fn type_id_of<F: 'static>(_: &F) -> TypeId {
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
        let (check, missing) = declared("everything").bind(&state);
        assert!(missing.is_empty());
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
        let (_, missing) = declared("everything").bind(&State::default());
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
        let (check, _) = declared("moves").bind(&State::default());
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
