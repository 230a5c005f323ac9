// #[health_check(critical , timout = "2s" , needed_by (SEARCH))]
async fn database(pool: &PgPool) -> bool {
    pool.ping().await
}
::core::compile_error! {
    "unknown option `timout`, did you mean `timeout`?"
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types)]
enum __health_check_database {
    Registered = {
        use ::health_core::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _,
            ReturnsInErr as _, ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        const __HEALTH_CHECK: __health_check::Declaration = __health_check::Declaration {
            name: "database",
            class: __health_check::Class::Critical,
            description: "",
            options: __health_check::Options {
                ..__health_check::Options::NONE
            },
            needed_by: &[SEARCH],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&database),
            bind: |binder| {
                let argument0 = binder.shared::<PgPool>("pool");
                let argument0 = argument0?;
                __health_check::Some(
                    __health_check::Work::asynchronous(move || {
                        let argument0 = __health_check::Clone::clone(&argument0);
                        __health_check::Box::pin(async move {
                            let value = __health_check::With((&argument0,))
                                .boxed(database(&*argument0))
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
        0
    },
}
