use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// What the arguments of checks are bound to, by type.
#[derive(Default)]
pub(crate) struct State {
    values: HashMap<TypeId, Value>,
    /// By the type of `Arc<T>`, where each plain `T` was given.
    plain: HashMap<TypeId, &'static Location<'static>>,
    pub(crate) given_twice: Vec<GivenTwice>,
}

struct Value {
    // An `Arc`, so that a plain value serves an `Arc<T>` argument without being cloned.
    value: Arc<dyn Any + Send + Sync>,
    given_at: &'static Location<'static>,
}

/// A type that was given to the builder more than once.
#[derive(Debug)]
pub(crate) struct GivenTwice {
    pub(crate) type_name: &'static str,
    pub(crate) first: &'static Location<'static>,
    pub(crate) second: &'static Location<'static>,
}

impl State {
    pub(crate) fn insert<V: Any + Send + Sync>(
        &mut self,
        value: V,
        given_at: &'static Location<'static>,
    ) {
        let value = Value {
            value: Arc::new(value),
            given_at,
        };
        let in_arc = TypeId::of::<Arc<V>>();
        let same = self
            .values
            .insert(TypeId::of::<V>(), value)
            .map(|first| first.given_at);
        // `T` and `Arc<T>` serve the same arguments.
        let shared = self.values.get(&in_arc).map(|first| first.given_at);
        let plain = self.plain.get(&TypeId::of::<V>()).copied();
        self.plain.insert(in_arc, given_at);
        if let Some(first) = same.or(shared).or(plain) {
            let type_name = std::any::type_name::<V>();
            self.given_twice.push(GivenTwice {
                type_name,
                first,
                second: given_at,
            });
        }
    }

    /// The state of type `T`, given as `T` or as `Arc<T>`.
    pub(crate) fn shared<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let plain = self.values.get(&TypeId::of::<T>()).map(|plain| {
            Arc::clone(&plain.value)
                .downcast::<T>()
                .expect("values are kept under their own type")
        });
        plain.or_else(|| self.arc::<T>())
    }

    /// The state of type `T`, given as `Arc<T>`: all that can hold a `dyn Trait`.
    pub(crate) fn arc<T: ?Sized + Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let shared = self.values.get(&TypeId::of::<Arc<T>>())?;
        let shared = shared
            .value
            .downcast_ref::<Arc<T>>()
            .expect("values are kept under their own type");
        Some(Arc::clone(shared))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    trait Greet: Send + Sync {
        fn greet(&self) -> u8;
    }
    struct Seven;
    impl Greet for Seven {
        fn greet(&self) -> u8 {
            7
        }
    }

    fn state(insert: impl FnOnce(&mut State)) -> State {
        let mut state = State::default();
        insert(&mut state);
        state
    }

    #[test]
    fn a_value_and_an_arc_serve_the_same_arguments() {
        let here = Location::caller();
        let plain = state(|state| state.insert(7_u8, here));
        let arc = state(|state| state.insert(Arc::new(7_u8), here));
        assert_eq!(
            (*plain.shared::<u8>().unwrap(), *arc.shared::<u8>().unwrap()),
            (7, 7)
        );
    }

    #[test]
    fn a_trait_object_is_found_by_its_trait() {
        let greet: Arc<dyn Greet> = Arc::new(Seven);
        let state = state(|state| state.insert(greet, Location::caller()));
        assert_eq!(state.arc::<dyn Greet>().unwrap().greet(), 7);
    }

    #[test]
    fn a_type_given_twice_is_remembered() {
        let state = state(|state| {
            state.insert(1_u8, Location::caller());
            state.insert(2_u8, Location::caller());
        });
        assert_eq!(state.given_twice.len(), 1);
    }

    #[test]
    fn a_value_and_an_arc_of_one_type_are_two() {
        let here = Location::caller();
        let plain_first = state(|state| {
            state.insert(1_u8, here);
            state.insert(Arc::new(2_u8), here);
        });
        let arc_first = state(|state| {
            state.insert(Arc::new(2_u8), here);
            state.insert(1_u8, here);
        });
        assert_eq!(
            (plain_first.given_twice.len(), arc_first.given_twice.len()),
            (1, 1)
        );
    }
}
