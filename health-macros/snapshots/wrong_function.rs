// #[health_check(critical , needed_by (SEARCH))]
async fn database<T>(pool: &T) -> Result<(), String> {
    Err(String::new())
}
::core::compile_error! {
    "a generic check is not supported, since nobody says with which types to run it: write the types out, in one function for each"
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements)]
enum __health_check_database_0_0 {
    R = {
        use ::health_core::__private as __health_check;
        #[allow(unused_imports)]
        use __health_check::methods::*;
        const _: &[__health_check::Feature] = &[SEARCH];
        0
    },
}
