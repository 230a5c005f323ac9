use std::time::Duration;

/// The value that so many percent are not above; zero of none.
pub(crate) fn percentile(values: &mut [Duration], percent: usize) -> Duration {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values
        .get(last * percent / 100)
        .copied()
        .unwrap_or_default()
}

pub(crate) fn most(values: &[Duration]) -> Duration {
    values.iter().max().copied().unwrap_or_default()
}

/// In figures that a reader compares: `0.4 ms`, `38 ms`, `2.31 s`.
pub(crate) fn shown(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1_000.0;
    match ms {
        ..10.0 => format!("{ms:.1} ms"),
        ..1_000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.2} s", ms / 1_000.0),
    }
}

/// `1,000,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The difference of two sizes in bytes, in MiB.
#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of memory, shown with one digit after the point"
)]
pub(crate) fn mib(before: u64, after: u64) -> f64 {
    (after as f64 - before as f64) / (1024.0 * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let ms = |ms| shown(Duration::from_secs_f64(ms / 1_000.0));
        assert_eq!(ms(0.42), "0.4 ms");
        assert_eq!(ms(38.4), "38 ms");
        assert_eq!(ms(2_314.0), "2.31 s");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_percentile_of_nothing_is_zero() {
        assert_eq!(percentile(&mut [], 99), Duration::ZERO);
        let mut hundred: Vec<_> = (0..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut hundred, 99), Duration::from_millis(99));
    }
}
