use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

/// As exact as a reader needs it: milliseconds below ten seconds, else seconds.
pub(crate) fn span(time: Duration) -> String {
    let exact = if time < Duration::from_secs(10) {
        1
    } else {
        1000
    };
    let rounded = time.as_millis() / exact * exact;
    let rounded = Duration::from_millis(u64::try_from(rounded).unwrap_or(u64::MAX));
    humantime::format_duration(rounded).to_string()
}

/// A latency in milliseconds, to the microsecond: more would only be noise.
pub(crate) fn millis(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 1e6).round() / 1e3
}

/// A time in UTC, such as `2026-11-21T15:25:31.042Z`; `None` before 1970 and after 9999.
pub(crate) fn rfc3339(time: SystemTime) -> Option<String> {
    written(time, &humantime::format_rfc3339_millis(time))
}

/// The same for people: `2026-11-21 15:25:31 UTC`.
pub(crate) fn utc(time: SystemTime) -> Option<String> {
    let text = written(time, &humantime::format_rfc3339_seconds(time))?;
    Some(text.replace('T', " ").replace('Z', " UTC"))
}

/// By `write!`, because what cannot be written is an error there, and a panic in `to_string`.
fn written(time: SystemTime, text: &humantime::Rfc3339Timestamp) -> Option<String> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let mut written = String::new();
    write!(written, "{text}").ok()?;
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_utc_and_one_that_cannot_be_told_is_left_out() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_274_731_042);
        assert_eq!(utc(time).as_deref(), Some("2026-11-21 15:25:31 UTC"));
        assert_eq!(rfc3339(time).as_deref(), Some("2026-11-21T15:25:31.042Z"));
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!((utc(before), rfc3339(before)), (None, None));
        let after = SystemTime::UNIX_EPOCH + Duration::from_mins(5_000_000_000);
        assert_eq!((utc(after), rfc3339(after)), (None, None));
    }
}
