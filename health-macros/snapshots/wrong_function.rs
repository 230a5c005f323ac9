// #[health_check(critical , needed_by (SEARCH))]
async fn database<T>(pool: &T) -> Result<(), String> {
    Err(String::new())
}
::core::compile_error! {
    "a generic check is not supported, since nobody says with which types to run it: write the types out, in one function for each"
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types)]
enum __health_check_database {
    Registered = {
        use ::health_core::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _,
            ReturnsInErr as _, ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        const __HEALTH_CHECK_FEATURES: &[__health_check::Feature] = &[SEARCH];
        0
    },
}
