// #[health_check(critical)]
/// Orders are stored here;
/// without it nothing can be served.
#[cfg(unix)]
#[inline]
pub async fn r#type(
    pool: &PgPool,
    clock: &dyn Clock,
    index: Option<&Index>,
    maybe: Option<&dyn Clock>,
    owned: Arc<PgPool>,
    object: Arc<dyn Clock>,
) -> Result<Stats, sqlx::Error> {
    pool.stats().await
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements)]
enum __health_check_type_0_0 {
    R = {
        use ::health_core::__private as __health_check;
        #[allow(unused_imports)]
        use __health_check::methods::*;
        use __health_check::submit as __health_check_submit;
        fn __health_check_run(
            bound: &__health_check::Bound,
        ) -> __health_check::Running<'_> {
            let a0 = bound.shared(0);
            let a1 = bound.shared(1);
            let a2 = bound.shared_if_given(2);
            let a3 = bound.shared_if_given(3);
            let a4 = bound.arc(4);
            let a5 = bound.arc(5);
            let value = r#type(
                a0,
                a1,
                a2,
                a3,
                __health_check::Clone::clone(&a4),
                __health_check::Clone::clone(&a5),
            );
            let value = __health_check::With((&a0, &a1, &a2, &a3, &a4, &a5))
                .__health_boxed({ value });
            (&&&&__health_check::Returned::<__health_check::Degrading, _>::later(&value))
                .__health_await::<_, _>(value)
        }
        __health_check_submit! {
            __health_check::Declaration::of(& r#type, "type",
            __health_check::class::critical,
            "Orders are stored here;\nwithout it nothing can be served.", & [("pool",
            __health_check::shared:: < PgPool >), ("clock", __health_check::object:: <
            dyn Clock >), ("index", __health_check::shared_if_given:: < Index >),
            ("maybe", __health_check::object_if_given:: < dyn Clock >), ("owned",
            __health_check::shared:: < PgPool >), ("object", __health_check::object:: <
            dyn Clock >)], __health_check::Awaited(__health_check_run),)
        }
        0
    },
}
