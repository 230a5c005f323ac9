// #[health_check(liveness)]
fn moves() -> Result<(), &'static str> {
    Err("stands")
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements)]
enum __health_check_moves_0_0 {
    R = {
        use ::health_core::__private as __health_check;
        #[allow(unused_imports)]
        use __health_check::methods::*;
        use __health_check::submit as __health_check_submit;
        fn __health_check_run(bound: &__health_check::Bound) -> __health_check::Outcome {
            let value = moves();
            (&&&&__health_check::Returned::<__health_check::Strict, _>::by(&value))
                .__health_read::<_, _>(value)
        }
        __health_check_submit! {
            __health_check::Declaration::of(& moves, "moves",
            __health_check::class::liveness, "", & [],
            __health_check::Blocking(__health_check_run),)
        }
        0
    },
}
