use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime};

/// A length of time for people, as exact as they need it: `0.4 ms`, `344 ms`, `1.7 s`, `3 min 43 s`, `2 h 5 min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(pub(crate) Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        let two = |f: &mut fmt::Formatter<'_>, whole: u64, unit, rest: u64, smaller| match rest {
            0 => write!(f, "{whole}\u{a0}{unit}"),
            _ => write!(f, "{whole}\u{a0}{unit} {rest}\u{a0}{smaller}"),
        };
        match seconds {
            0 if millis < 10 && !self.0.subsec_nanos().is_multiple_of(1_000_000) => {
                let tenths = self.0.subsec_micros() / 100;
                write!(f, "{}.{}\u{a0}ms", tenths / 10, tenths % 10)
            }
            0 => write!(f, "{millis}\u{a0}ms"),
            1..10 if millis >= 100 => write!(f, "{seconds}.{}\u{a0}s", millis / 100),
            1..60 => write!(f, "{seconds}\u{a0}s"),
            60..600 => two(f, seconds / 60, "min", seconds % 60, "s"),
            600..3600 => write!(f, "{}\u{a0}min", seconds / 60),
            3600..86400 => two(f, seconds / 3600, "h", seconds % 3600 / 60, "min"),
            _ => two(f, seconds / 86400, "d", seconds % 86400 / 3600, "h"),
        }
    }
}

/// How long ago a time was, by wall time: only for display, since clocks can be set.
pub(crate) fn since(time: Option<SystemTime>, at: Option<SystemTime>) -> Option<Span> {
    at?.duration_since(time?).ok().map(Span)
}

/// A latency in milliseconds, to the microsecond: more would only be noise.
pub(crate) fn millis(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 1e6).round() / 1e3
}

/// A time in UTC, such as `2026-11-21T15:25:31.042Z`; `None` before 1970 and after 9999.
pub(crate) fn rfc3339(time: SystemTime) -> Option<String> {
    written(time, &humantime::format_rfc3339_millis(time))
}

/// The same to the second, such as `2026-11-21T15:25:31Z`.
pub(crate) fn rfc3339_seconds(time: SystemTime) -> Option<String> {
    written(time, &humantime::format_rfc3339_seconds(time))
}

/// The same for lists: `2026-11-21 15:25:31Z`.
pub(crate) fn stamp(time: SystemTime) -> Option<String> {
    rfc3339_seconds(time).map(|text| text.replace('T', " "))
}

/// The same for people: `2026-11-21 15:25:31 UTC`.
pub(crate) fn utc(time: SystemTime) -> Option<String> {
    stamp(time).map(|text| text.replace('Z', " UTC"))
}

/// By `write!`, because what cannot be written is an error there, and a panic in `to_string`.
fn written(time: SystemTime, text: &humantime::Rfc3339Timestamp) -> Option<String> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let mut written = String::with_capacity(24);
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

    #[test]
    fn a_length_of_time_has_one_spelling_and_at_most_two_units() {
        let (micros, secs) = (Duration::from_micros, Duration::from_secs);
        for (time, expected) in [
            (Duration::ZERO, "0 ms"),
            (micros(40), "0.0 ms"),
            (micros(410), "0.4 ms"),
            (micros(9_990), "9.9 ms"),
            (micros(3_000), "3 ms"),
            (micros(344_900), "344 ms"),
            (micros(1_000_000), "1 s"),
            (micros(1_760_000), "1.7 s"),
            (secs(27), "27 s"),
            (secs(60), "1 min"),
            (secs(223), "3 min 43 s"),
            (secs(1860), "31 min"),
            (secs(7_500), "2 h 5 min"),
            (secs(86_400), "1 d"),
            (secs(273_700), "3 d 4 h"),
        ] {
            assert_eq!(Span(time).to_string().replace('\u{a0}', " "), expected);
        }
    }
}
