use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::name::{self, InvalidName};

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
/// fn search_index() -> Result<(), std::io::Error> {
///     std::fs::metadata("index.db")?;
///     Ok(())
/// }
///
/// let tenant = Feature::try_from(String::from("tenant-7"))?;
/// assert_eq!(tenant.name(), "tenant-7");
/// # Ok::<(), health_core::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Feature(Cow<'static, str>);

impl Feature {
    /// Names a feature.
    ///
    /// # Panics
    ///
    /// When `name` is not `[a-z][a-z0-9_-]*` of at most 63 bytes: in a `const`, that is a compile error.
    #[track_caller]
    pub const fn new(name: &'static str) -> Feature {
        assert!(
            name::is_valid(name),
            "a feature's name is `[a-z][a-z0-9_-]*`, at most 63 bytes"
        );
        Feature(Cow::Borrowed(name))
    }

    /// Returns the name, as it stands in the path.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Feature {
    type Error = InvalidName;

    fn try_from(name: String) -> Result<Feature, InvalidName> {
        if name::is_valid(&name) {
            Ok(Feature(Cow::Owned(name)))
        } else {
            Err(InvalidName::new(&name))
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Feature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Feature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Feature, D::Error> {
        let name = String::deserialize(deserializer)?;
        Feature::try_from(name).map_err(serde::de::Error::custom)
    }
}
