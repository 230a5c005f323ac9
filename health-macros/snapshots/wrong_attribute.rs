// #[health_check(critical , timout = "2s" , needed_by (SEARCH))]
async fn database(pool: &PgPool) -> bool {
    pool.ping().await
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    use ::health_core::__private::words::timout;
};
::core::compile_error! {
    "unknown option `timout`, did you mean `timeout`?"
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements)]
enum __health_check_database_0_0 {
    R = {
        use ::health_core::__private as __health_check;
        #[allow(unused_imports)]
        use __health_check::methods::*;
        fn __health_check_run(
            bound: &__health_check::Bound,
        ) -> __health_check::Running<'_> {
            let a0 = bound.shared(0);
            let value = database(a0);
            let value = __health_check::With((&a0,)).__health_boxed({ value });
            (&&&&__health_check::Returned::<__health_check::Degrading, _>::later(&value))
                .__health_await::<_, _>(value)
        }
        const _: __health_check::Declaration = __health_check::Declaration::of(
                &database,
                "database",
                __health_check::class::critical,
                "",
                &[("pool", __health_check::shared::<PgPool>)],
                __health_check::Awaited(__health_check_run),
            )
            .needed_by({
                const __HEALTH_CHECK_FEATURES: &[__health_check::Feature] = &[SEARCH];
                __HEALTH_CHECK_FEATURES
            });
        0
    },
}
