use http::HeaderMap;
use http::header::ACCEPT;

/// Finds which of the offered media types a request prefers; among equals the first. `None` when it wants none.
pub(crate) fn preferred(headers: &HeaderMap, offered: &[&str]) -> Option<usize> {
    let values = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = values.flat_map(ranges).collect();
    let wishes = offered
        .iter()
        .map(|media_type| wish(&ranges, media_type))
        .enumerate()
        .rev();
    wishes
        .filter(|(_, wish)| wish.quality > 0)
        .max_by_key(|(_, wish)| *wish)
        .map(|(n, _)| n)
}

/// How much something is wanted: by quality, among equals what is named more exactly, then what is named first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    quality: u16,
    exactness: Exactness,
    earliness: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    #[default]
    Anything,
    Kind,
    Exact,
}

/// One range of an `Accept` header, such as `text/*;q=0.5`.
#[derive(Clone, Copy, Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    quality: u16,
}

/// The wish of the range that names the type most exactly: `text/plain;q=0, */*` does not want plain text.
fn wish(ranges: &[Range<'_>], media_type: &str) -> Wish {
    let wishes = ranges
        .iter()
        .rev()
        .enumerate()
        .filter_map(|(earliness, range)| {
            Some(Wish {
                quality: range.quality,
                exactness: range.names(media_type)?,
                earliness,
            })
        });
    wishes
        .max_by_key(|wish| (wish.exactness, wish.earliness))
        .unwrap_or_default()
}

impl Range<'_> {
    fn names(&self, media_type: &str) -> Option<Exactness> {
        let (kind, subtype) = media_type.split_once('/')?;
        let same_kind = self.kind.eq_ignore_ascii_case(kind);
        if same_kind && self.subtype.eq_ignore_ascii_case(subtype) {
            Some(Exactness::Exact)
        } else if same_kind && self.subtype == "*" {
            Some(Exactness::Kind)
        } else if (self.kind, self.subtype) == ("*", "*") {
            Some(Exactness::Anything)
        } else {
            None
        }
    }
}

/// The ranges of one header; what is not one is passed over.
fn ranges(value: &str) -> impl Iterator<Item = Range<'_>> {
    value.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        Some(Range {
            kind,
            subtype,
            quality: quality.map_or(Some(1000), thousandths)?,
        })
    })
}

/// Reads `0`, `0.5`, `1.000`: at most one, with at most three digits behind the point.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: u16 = format!("{fraction:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 4] = [
        "application/json",
        "application/health+json",
        "text/plain",
        "text/html",
    ];

    #[test]
    fn what_is_wanted_most_and_named_most_exactly_wins() {
        const BROWSER: &str =
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, expected) in [
            (&["*/*"][..], "application/json"),
            (&["application/json"], "application/json"),
            (&["application/*"], "application/json"),
            (&["Application/Health+JSON"], "application/health+json"),
            (&["text/plain"], "text/plain"),
            (&["text/*"], "text/plain"),
            (&["text/plain, text/*, */*"], "text/plain"),
            (&["application/json, text/plain, */*"], "application/json"),
            (
                &["text/plain;q=0.5, application/health+json;q=0.501"],
                "application/health+json",
            ),
            (
                &["text/plain;q=0.5", "application/json;q=0.4"],
                "text/plain",
            ),
            (
                &["text/plain; charset=utf-8; q=0.9, application/json;q=0.8"],
                "text/plain",
            ),
            (&["*/*, application/json;q=0"], "application/health+json"),
            (
                &["text/*;q=0.9, text/plain;q=0.1, application/json;q=0.5"],
                "text/html",
            ),
            (&[BROWSER], "text/html"),
            (&["application/json;q=0, */*;q=0"], "none"),
            (&["image/png"], "none"),
            (&["text/plain;q=2"], "none"),
            (&["text/plain;q=0.1234"], "none"),
            (&["text/plain;q=+.5"], "none"),
            (&["", ",,;,/"], "none"),
            (&[], "none"),
        ] {
            let headers = accept
                .iter()
                .map(|value| (ACCEPT, value.parse().unwrap()))
                .collect();
            let chosen = preferred(&headers, &OFFERED).map_or("none", |n| OFFERED[n]);
            assert_eq!(chosen, expected, "{accept:?}");
        }
    }
}
