//! Names that a careless expansion would trip over.

#![deny(warnings)]

use health_core::health_check;

macro_rules! named {
    ($($name:ident)*) => {$(
        #[health_check(critical)]
        fn $name(argument0: &State) -> Result<(), String> {
            Err(argument0.0.into())
        }
    )*};
}

struct State(&'static str);

named!(b bind binder run vec argument0 returned passed failed outcome shared object health_core inventory std core r#type r#async self_ f h_e_a_l_t_h);

/// A module of the same name.
mod database {
    pub(super) const WHERE: &str = "elsewhere";
}

#[health_check(critical)]
fn database() -> Result<(), String> {
    Err(database::WHERE.into())
}

fn main() {
    assert!(bind(&State("down")).is_err());
    assert!(database().is_err());
}
