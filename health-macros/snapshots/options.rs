// #[health_check(degraded , name = "search-index" , timeout = "300ms" , interval = "1m30s" , retry = "1s" , fail_after = 3 , pass_after = 2 , needed_by (SEARCH , cart :: CART) , ignores_errors = "the deadline is the check" , crate = my :: health_core)]
#[doc = concat!("Asks ", "it.")]
async fn search(index: &Index) -> Outcome {
    index.ping().await
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types)]
enum __health_check_search {
    Registered = {
        use my::health_core::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _,
            ReturnsInErr as _, ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        const __HEALTH_CHECK: __health_check::Declaration = __health_check::Declaration {
            name: "search-index",
            class: __health_check::Class::Degraded,
            description: __health_check::concat!("", concat!("Asks ", "it."), "\n"),
            options: __health_check::Options {
                timeout: __health_check::Some(
                    __health_check::Duration::from_millis(300u64),
                ),
                interval: __health_check::Some(
                    __health_check::Duration::from_millis(90000u64),
                ),
                retry: __health_check::Some(
                    __health_check::Duration::from_millis(1000u64),
                ),
                fail_after: __health_check::Some(3u32),
                pass_after: __health_check::Some(2u32),
            },
            needed_by: &[SEARCH, cart::CART],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&search),
            bind: |binder| {
                let argument0 = binder.shared::<Index>("index");
                let argument0 = argument0?;
                __health_check::Some(
                    __health_check::Work::asynchronous(move || {
                        let argument0 = __health_check::Clone::clone(&argument0);
                        __health_check::Box::pin(async move {
                            let value = __health_check::With((&argument0,))
                                .boxed(search(&*argument0))
                                .await;
                            let returned = &&&__health_check::Returned::<
                                __health_check::Degraded,
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
