use std::fmt;

/// A part of the service with a readiness of its own, at `/health/ready/<feature>`.
///
/// Two features of one name are one.
///
/// ```standalone_crate
/// use health_core::{Feature, health_check};
///
/// pub const SEARCH: Feature = Feature::new("search");
///
/// #[health_check(degraded, needed_by(SEARCH))]
/// async fn search_index() -> Result<(), std::io::Error> {
///     tokio_free_ping()
/// }
/// # fn tokio_free_ping() -> Result<(), std::io::Error> { Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Feature(&'static str);

impl Feature {
    /// Names a feature.
    ///
    /// # Panics
    ///
    /// When `name` is not `[a-z][a-z0-9_-]*` of at most 63 bytes: in a `const`, that is a compile error.
    #[track_caller]
    pub const fn new(name: &'static str) -> Feature {
        assert!(
            crate::declare::name::is_valid(name),
            "a feature's name is `[a-z][a-z0-9_-]*`, at most 63 bytes"
        );
        Feature(name)
    }

    /// Returns the name, as it stands in the path.
    pub const fn name(&self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
