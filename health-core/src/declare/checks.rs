/// Names checks by their paths, for `Builder::require` and `Builder::only`.
///
/// A crate that stands in `Cargo.toml` but is never named in the source is not linked, and its
/// checks are missing in silence. Naming a check here links it, and a wrong path does not compile.
/// That the function is a check is seen when the service starts.
///
/// Where a local variable has the name of a check, write `self::database` for the check.
///
/// ```standalone_crate
/// mod orders {
///     use health_core::health_check;
///
///     #[health_check(critical)]
///     pub fn disk() -> Result<(), std::io::Error> {
///         std::fs::metadata("/var/lib/orders")?;
///         Ok(())
///     }
/// }
///
/// let required = health_core::checks![orders::disk];
/// assert_eq!(required.len(), 1);
/// assert_eq!(health_core::checks![].len(), 0);
/// ```
#[macro_export]
macro_rules! checks {
    () => {
        $crate::__private::NO_CHECKS
    };
    ($($first:ident $(:: $rest:ident)*),+ $(,)?) => {
        [$($crate::checks!(
            @named $first $(:: $rest)*,
            $crate::__private::concat!(
                $crate::__private::stringify!($first)
                $(, "::", $crate::__private::stringify!($rest))*
            )
        )),+]
    };
    // A call would be a path too, of a trait such as `Fn()`.
    ($($first:ident $(:: $rest:ident)* $(($($argument:tt)*))?),+ $(,)?) => {
        $crate::checks!(@wrong)
    };
    ($($check:path),+ $(,)?) => {
        [$($crate::checks!(@named $check, $crate::__private::stringify!($check))),+]
    };
    (@named $check:path, $text:expr) => {{
        // In a function of its own, so that a local variable of the same name does not compile.
        fn named() -> $crate::__private::CheckRef {
            $crate::__private::CheckRef::new(&$check, $text)
        }
        named()
    }};
    (@wrong) => {
        $crate::__private::compile_error!(
            "a check is named by the path of its function: write such as `checks![orders::database]`"
        )
    };
    ($($wrong:tt)*) => {
        $crate::checks!(@wrong)
    };
}
