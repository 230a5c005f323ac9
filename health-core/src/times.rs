//! Times are values in Rust, and become text and numbers in JSON only.

#![allow(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds, to the microsecond: more would only be noise.
pub(crate) mod millis {
    use super::{Deserialize as _, Deserializer, Duration, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let millis = time.map(|time| (time.as_secs_f64() * 1e6).round() / 1e3);
        millis.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let millis = Option::<f64>::deserialize(deserializer)?;
        let time = millis.map(|millis| Duration::try_from_secs_f64(millis / 1e3));
        time.transpose().map_err(serde::de::Error::custom)
    }
}

/// Whole milliseconds.
pub(crate) mod whole_millis {
    use super::{Deserialize as _, Deserializer, Duration, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let millis = time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        millis.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let millis = Option::<u64>::deserialize(deserializer)?;
        Ok(millis.map(Duration::from_millis))
    }
}

/// Whole milliseconds that are always known.
pub(crate) mod known_millis {
    use super::{Deserialize as _, Deserializer, Duration, Serializer, whole_millis};

    pub(crate) fn serialize<S: Serializer>(
        time: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        whole_millis::serialize(&Some(*time), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// Seconds, to the millisecond.
pub(crate) mod seconds {
    use super::{Deserialize as _, Deserializer, Duration, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        time: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        ((time.as_secs_f64() * 1e3).round() / 1e3).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
    }
}

/// UTC, RFC 3339 with milliseconds; `null` also for a time that this cannot write.
pub(crate) mod rfc3339 {
    use std::fmt::Write as _;

    use super::{Deserialize as _, Deserializer, Serialize as _, Serializer, SystemTime};

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<SystemTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = time.and_then(|time| {
            // Written with `write!`, which says so where the wall clock is before 1970 or after 9999.
            time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            let mut text = String::new();
            write!(text, "{}", humantime::format_rfc3339_millis(time)).ok()?;
            Some(text)
        });
        text.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let time = text.map(|text| humantime::parse_rfc3339(&text));
        time.transpose().map_err(serde::de::Error::custom)
    }

    /// For a time that is always known.
    pub(crate) fn known<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serialize(&Some(*time), serializer)
    }
}
