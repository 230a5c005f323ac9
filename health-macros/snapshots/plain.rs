// #[health_check(liveness)]
fn moves() -> Result<(), &'static str> {
    Err("stands")
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types)]
enum __health_check_moves {
    Registered = {
        use ::health_core::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _,
            ReturnsInErr as _, ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        const __HEALTH_CHECK: __health_check::Declaration = __health_check::Declaration {
            name: "moves",
            class: __health_check::Class::Liveness,
            description: "",
            options: __health_check::Options {
                ..__health_check::Options::NONE
            },
            needed_by: &[],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&moves),
            bind: |binder| {
                __health_check::Some(
                    __health_check::Work::blocking(move || {
                        let value = moves();
                        let returned = &&&__health_check::Returned::<
                            __health_check::Liveness,
                            _,
                        >::of(&value);
                        returned.outcome(value, returned.passed(), returned.failed())
                    }),
                )
            },
        };
        __health_check::submit!(__HEALTH_CHECK);
        0
    },
}
