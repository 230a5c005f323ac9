use std::time::Duration;

/// Why a text is no duration. The words are in `lints`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotADuration,
    NoUnit { number: String },
    UnknownUnit { number: String, unit: String },
    Fraction { whole: Option<Duration> },
    Spaces { without: String },
    Order { sorted: Option<Duration> },
    Zero,
    TooLong,
}

/// The same limit as at run time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The units, longest first: the order in which they may follow each other.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads whole numbers with units, largest first: `500ms`, `2s`, `1m30s`.
pub(crate) fn parse(text: &str) -> Result<Duration, Fault> {
    if !text.is_empty() && text.bytes().all(|digit| digit == b'0') {
        return Err(Fault::Zero);
    }
    if text.contains(char::is_whitespace) {
        let without: String = text.split_whitespace().collect();
        return match parse(&without) {
            Ok(_) => Err(Fault::Spaces { without }),
            Err(fault) => Err(fault),
        };
    }
    let mut millis: u64 = 0;
    let mut units = &UNITS[..];
    let mut rest = text;
    while !rest.is_empty() {
        let (number, unit, after) = part(rest)?;
        let Some(size) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(unknown(number, unit));
        };
        let Some(place) = units.iter().position(|known| known == size) else {
            return Err(Fault::Order {
                sorted: sorted(text),
            });
        };
        units = &units[place + 1..];
        millis = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(size.1))
            .and_then(|part| millis.checked_add(part))
            .ok_or(Fault::TooLong)?;
        rest = after;
    }
    match Duration::from_millis(millis) {
        _ if text.is_empty() => Err(Fault::NotADuration),
        Duration::ZERO => Err(Fault::Zero),
        long if long > LONGEST => Err(Fault::TooLong),
        duration => Ok(duration),
    }
}

/// `30s1m` as it would be right; of `1s1s` nobody knows what was meant.
fn sorted(text: &str) -> Option<Duration> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, unit, after) = part(rest).ok()?;
        let place = UNITS.iter().position(|(name, _)| *name == unit)?;
        parts.push((place, number, unit));
        rest = after;
    }
    parts.sort_unstable();
    let sorted: String = parts
        .iter()
        .flat_map(|(_, number, unit)| [*number, *unit])
        .collect();
    let twice = parts.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if twice { None } else { parse(&sorted).ok() }
}

/// `1min 30sec` as it would be right.
pub(crate) fn with_known_units(text: &str) -> Option<String> {
    let mut known = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, unit, after) = part(rest).ok()?;
        known.push_str(number);
        known.push_str(meant(unit)?);
        rest = after;
    }
    parse(&known).ok().map(|_| known)
}

/// Splits a number and its unit off the front.
fn part(text: &str) -> Result<(&str, &str, &str), Fault> {
    let (number, rest) = split(text, |c| c.is_ascii_digit());
    if number.is_empty() {
        return Err(Fault::NotADuration);
    }
    if rest.starts_with(['.', ',']) {
        return Err(Fault::Fraction {
            whole: without_fraction(text),
        });
    }
    let (unit, rest) = split(rest, char::is_alphabetic);
    if unit.is_empty() {
        return Err(if rest.is_empty() {
            Fault::NoUnit {
                number: number.into(),
            }
        } else {
            Fault::NotADuration
        });
    }
    Ok((number, unit, rest))
}

/// `1.5s` as it would be right.
fn without_fraction(text: &str) -> Option<Duration> {
    let (number, unit) = split(text, |c| c.is_ascii_digit() || c == '.');
    let (_, size) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (seconds, scale): (f64, _) = (number.parse().ok()?, Duration::from_millis(size));
    let whole = Duration::try_from_secs_f64(seconds * scale.as_secs_f64()).ok()?;
    (whole.subsec_nanos() % 1_000_000 == 0 && !whole.is_zero()).then_some(whole)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn unknown(number: &str, unit: &str) -> Fault {
    Fault::UnknownUnit {
        number: number.into(),
        unit: unit.into(),
    }
}

/// The unit that a person who wrote `unit` has in mind.
pub(crate) fn meant(unit: &str) -> Option<&'static str> {
    match unit.to_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => Some("ms"),
        "s" | "sec" | "secs" | "second" | "seconds" => Some("s"),
        "m" | "min" | "mins" | "minute" | "minutes" => Some("m"),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "d" | "day" | "days" => Some("d"),
        _ => None,
    }
}

/// The shortest text that reads as this duration.
pub(crate) fn written(duration: Duration) -> String {
    let mut millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let parts = UNITS.map(|(unit, size)| {
        let number = millis / size;
        millis %= size;
        match number {
            0 => String::new(),
            number => format!("{number}{unit}"),
        }
    });
    parts.concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_add_up() {
        for (text, millis) in [
            ("500ms", 500),
            ("2s", 2_000),
            ("1m30s", 90_000),
            ("1h", 3_600_000),
            ("1d1h1m1s1ms", 90_061_001),
            ("90s", 90_000),
            ("0m5s", 5_000),
            ("365d", 31_536_000_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn everything_else_has_its_fault() {
        let fraction = |millis| Fault::Fraction {
            whole: Some(Duration::from_millis(millis)),
        };
        for (text, fault) in [
            ("", Fault::NotADuration),
            ("s", Fault::NotADuration),
            ("-1s", Fault::NotADuration),
            ("1_000ms", Fault::NotADuration),
            ("soon", Fault::NotADuration),
            ("٣s", Fault::NotADuration),
            ("2", Fault::NoUnit { number: "2".into() }),
            (
                "1m30",
                Fault::NoUnit {
                    number: "30".into(),
                },
            ),
            ("2sec", unknown("2", "sec")),
            ("2S", unknown("2", "S")),
            ("5us", unknown("5", "us")),
            ("1.5s", fraction(1_500)),
            ("0.25m", fraction(15_000)),
            ("1.5x", Fault::Fraction { whole: None }),
            ("0.1ms", Fault::Fraction { whole: None }),
            (
                "2 s",
                Fault::Spaces {
                    without: "2s".into(),
                },
            ),
            (
                "30s1m",
                Fault::Order {
                    sorted: Some(Duration::from_secs(90)),
                },
            ),
            ("1s1s", Fault::Order { sorted: None }),
            ("0s", Fault::Zero),
            ("0", Fault::Zero),
            ("0h0ms", Fault::Zero),
            ("366d", Fault::TooLong),
            ("99999999999999999999s", Fault::TooLong),
            ("18446744073709551615d", Fault::TooLong),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in 1..=LONGEST.as_millis()) {
            let duration = Duration::from_millis(u64::try_from(millis).unwrap());
            prop_assert_eq!(parse(&written(duration)), Ok(duration));
        }

        #[test]
        fn parts_add_up(
            days in 0..=300_u64, hours in 0..1_000_u64, minutes in 0..1_000_u64,
            seconds in 0..1_000_u64, millis in 1..1_000_u64,
        ) {
            let text = format!("{days}d{hours}h{minutes}m{seconds}s{millis}ms");
            let all = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + millis;
            prop_assert_eq!(parse(&text), Ok(Duration::from_millis(all)));
        }

        #[test]
        fn a_number_alone_is_refused(number in 1..u64::MAX) {
            let fault = Fault::NoUnit { number: number.to_string() };
            prop_assert_eq!(parse(&number.to_string()), Err(fault));
        }

        #[test]
        fn only_the_five_units_are_read(number in 1..=365_u64, unit in "[a-zA-Z]{1,4}") {
            let known = UNITS.iter().any(|(name, _)| *name == unit);
            prop_assert_eq!(parse(&format!("{number}{unit}")).is_ok(), known);
        }

        #[test]
        fn whatever_is_written_is_read_or_refused(text in ".*") {
            if let Ok(duration) = parse(&text) {
                prop_assert!(!duration.is_zero() && duration <= LONGEST);
                prop_assert!(text.ends_with(['d', 'h', 'm', 's']));
            }
        }

        #[test]
        fn what_a_fraction_means_is_read(whole in 0..1_000_u64, tenths in 1..10_u64) {
            let meant = Duration::from_millis(whole * 1_000 + tenths * 100);
            let fault = Fault::Fraction { whole: Some(meant) };
            prop_assert_eq!(parse(&format!("{whole}.{tenths}s")), Err(fault));
        }
    }
}
