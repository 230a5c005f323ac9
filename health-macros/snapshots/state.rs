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
#[cfg(unix)]
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types)]
enum __health_check_type {
    Registered = {
        use ::health_core::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _,
            ReturnsInErr as _, ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        const __HEALTH_CHECK: __health_check::Declaration = __health_check::Declaration {
            name: "type",
            class: __health_check::Class::Critical,
            description: "Orders are stored here;\nwithout it nothing can be served.",
            options: __health_check::Options {
                ..__health_check::Options::NONE
            },
            needed_by: &[],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&r#type),
            bind: |binder| {
                let argument0 = binder.shared::<PgPool>("pool");
                let argument1 = binder.object::<dyn Clock>("clock");
                let argument2 = binder.shared_if_given::<Index>();
                let argument3 = binder.object_if_given::<dyn Clock>();
                let argument4 = binder.owned::<Arc<PgPool>>("owned");
                let argument5 = binder.object::<dyn Clock>("object");
                let argument0 = argument0?;
                let argument1 = argument1?;
                let argument4 = argument4?;
                let argument5 = argument5?;
                __health_check::Some(
                    __health_check::Work::asynchronous(move || {
                        let argument0 = __health_check::Clone::clone(&argument0);
                        let argument1 = __health_check::Clone::clone(&argument1);
                        let argument2 = __health_check::Clone::clone(&argument2);
                        let argument3 = __health_check::Clone::clone(&argument3);
                        let argument4 = __health_check::Clone::clone(&argument4);
                        let argument5 = __health_check::Clone::clone(&argument5);
                        __health_check::Box::pin(async move {
                            let value = __health_check::With((
                                    &argument0,
                                    &argument1,
                                    &argument2,
                                    &argument3,
                                    &argument4,
                                    &argument5,
                                ))
                                .boxed(
                                    r#type(
                                        &*argument0,
                                        &*argument1,
                                        argument2.as_deref(),
                                        argument3.as_deref(),
                                        argument4.value(),
                                        __health_check::Clone::clone(&argument5),
                                    ),
                                )
                                .await;
                            let returned = &&&__health_check::Returned::<
                                __health_check::Critical,
                                _,
                            >::of(&value);
                            returned.outcome(value, returned.passed(), returned.failed())
                        })
                    }),
                )
            },
        };
        __health_check::submit!(__HEALTH_CHECK);
        0
    },
}
