// #[health_check(degraded , name = "search-index" , timeout = "300ms" , interval = "1m30s" , retry = "1s" , fail_after = 3 , pass_after = 2 , needed_by (SEARCH , cart :: CART) , ignores_errors = "the deadline is the check" , crate = my :: health_core)]
#[doc = concat!("Asks ", "it.")]
async fn search(index: &Index) -> Outcome {
    let _ = index.ping().await;
    Outcome::passed()
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements)]
enum __health_check_search_0_0 {
    R = {
        use my::health_core as __health_core;
        use __health_core::__private as __health_check;
        #[allow(unused_imports)]
        use __health_check::methods::*;
        use __health_check::submit as __health_check_submit;
        fn __health_check_run(
            bound: &__health_check::Bound,
        ) -> __health_check::Running<'_> {
            let a0 = bound.shared(0);
            let value = search(a0);
            let value = __health_check::With((&a0,)).__health_boxed({ value });
            (&&&&__health_check::Returned::<__health_check::Degrading, _>::later(&value))
                .__health_await::<_, _>(value)
        }
        __health_check_submit! {
            __health_check::Declaration::of(& search, "search",
            __health_check::class::degraded, __health_check::concat!("", concat!("Asks ",
            "it."), "\n"), & [("index", __health_check::shared:: < Index >)],
            __health_check::Awaited(__health_check_run),).name("search-index")
            .ignores_errors().timeout(300).interval(90000).retry(1000).fail_after(3)
            .pass_after(2).needed_by({ const __HEALTH_CHECK_FEATURES : &
            [__health_check::Feature] = & [SEARCH, cart::CART]; __HEALTH_CHECK_FEATURES
            })
        }
        0
    },
}
