use super::names::{Name, contains};

/// What stands instead of a secret.
pub(super) const MASK: &str = "***";

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a line ends there, also one that is written as an escape.
pub(super) fn ends_line(text: &[u8]) -> bool {
    matches!(text, [b'\n' | b'\r', ..] | [b'\\', b'n' | b'r', ..])
}

/// The quote that a text begins with, and how many backslashes stand before it.
fn opening(text: &[u8]) -> Option<(u8, usize)> {
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    match text.get(slashes) {
        Some(quote @ (b'"' | b'\'')) => Some((*quote, slashes)),
        Some(b'`') if slashes == 0 => Some((b'`', 0)),
        _ => None,
    }
}

/// Returns the length of the quoted value that a text begins with.
///
/// A value without an end goes on to the end of the text.
pub(super) fn quoted(text: &[u8]) -> Option<usize> {
    if let Some(rest) = text.strip_prefix(b"%22") {
        let end = rest.windows(3).position(|window| window == b"%22");
        return Some(end.map_or(text.len(), |end| end + 6));
    }
    let (quote, slashes) = opening(text)?;
    let start = slashes + 1;
    let mut at = start;
    while at < text.len() {
        let escapes = text[at..].iter().take_while(|byte| **byte == b'\\').count();
        let end = at + escapes;
        if text.get(end) != Some(&quote) {
            at = end.max(at + 1);
            continue;
        }
        if slashes > 0 && escapes < slashes {
            // The text around it ends here.
            return Some(at);
        }
        let closes = if slashes == 0 {
            escapes % 2 == 0
        } else {
            escapes == slashes
        };
        let doubled = slashes == 0 && end > start && text.get(end + 1) == Some(&quote);
        if closes && !doubled {
            return Some(end + 1);
        }
        at = end + 1 + usize::from(closes && doubled);
    }
    Some(text.len())
}

/// Returns the length of the value without quotes that a text begins with.
pub(super) fn unquoted(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let rest = &text[at..];
        let ends = match byte {
            b'"' | b'\'' | b'`' => true,
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => true,
            b'\\' => matches!(rest, [_, b'n' | b'r' | b't' | b'"' | b'\'' | b'\\', ..]),
            b'<' => matches!(rest, [_, b'/', ..]),
            b'%' => matches!(rest, [_, b'2', b'2' | b'6' | b'7', ..]),
            b',' | b';' | b'&' | b')' | b'}' | b']' | b'|' => divides(*byte, &rest[1..]),
            _ => false,
        };
        if ends {
            break;
        }
        at += 1;
    }
    at
}

/// Whether this mark ends the value before it, rather than being a part of it: nothing that could be
/// a value follows, or the next name.
fn divides(mark: u8, text: &[u8]) -> bool {
    let word = text.iter().take_while(|byte| is_word(**byte)).count();
    match text.get(word) {
        Some(b'=' | b':') if word > 0 => true,
        Some(b' ') if word > 0 && mark == b';' => {
            let next = &text[word + 1..];
            let word = next.iter().take_while(|byte| is_word(**byte)).count();
            word > 0 && next.get(word) == Some(&b'=')
        }
        next if word == 0 => {
            next.is_none_or(|byte| byte.is_ascii() && !b"!#$%*+/=?@^~-_".contains(byte))
        }
        _ => false,
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Whether the value of such a name looks like made by a machine, or by somebody who wants it to be
/// hard to guess: it has digits or letters of both cases.
///
/// Of what is not a password, a number, an address, the name of an algorithm and a name like
/// `ExpiredSignature` do not look so.
pub(super) fn looks_random(value: &[u8], name: Name) -> bool {
    let password = name == Name::Password;
    if value == MASK.as_bytes() || contains(value, b"://") {
        return false;
    }
    let path = value
        .strip_prefix(b"/")
        .is_some_and(|rest| rest.contains(&b'/'));
    if path && !password && !value.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let marks = value.strip_suffix(b"!").unwrap_or(value);
    if password && marks.iter().any(|byte| b"!#$%^&*+~@".contains(byte)) {
        return true;
    }
    let mut dashed = false;
    let mut rest = value;
    while !rest.is_empty() {
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let (part, after) = rest.split_at(length);
        if part_looks_random(part, password, dashed) {
            return true;
        }
        dashed = after.first() == Some(&b'-');
        rest = after.get(1..).unwrap_or_default();
    }
    false
}

fn part_looks_random(part: &[u8], password: bool, dashed: bool) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits > 0 {
        let number = digits == part.len() && digits <= 5 && !dashed;
        return password || !(number || is_algorithm(part));
    }
    let small = part.iter().any(u8::is_ascii_lowercase);
    let capital = part.iter().skip(1).any(u8::is_ascii_uppercase);
    small && capital && (password || !is_camel(part))
}

/// Whether each capital letter begins a word of at least two letters.
fn is_camel(part: &[u8]) -> bool {
    part[0].is_ascii_uppercase()
        && part.last().is_some_and(u8::is_ascii_lowercase)
        && !part
            .windows(2)
            .any(|two| two[0].is_ascii_uppercase() && two[1].is_ascii_uppercase())
}

fn is_algorithm(part: &[u8]) -> bool {
    const ALGORITHMS: [&str; 18] = [
        "base64", "ed25519", "es256", "es384", "hs256", "http2", "ipv4", "ipv6", "md5", "oauth2",
        "pkcs1", "pkcs12", "pkcs8", "rs256", "sha1", "sha256", "utf8", "x509",
    ];
    ALGORITHMS
        .iter()
        .any(|name| part.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_ends_where_its_quote_does() {
        let table = [
            (r#""a b" c"#, 5),
            (r#""a\"b" c"#, 6),
            (r#""a\\" c"#, 5),
            (r#"\"a\\\"b\" c"#, 10),
            (r#"\"a" c"#, 3),
            ("'it''s' c", 7),
            (r#""" c"#, 2),
            (r#""a"#, 2),
            ("%22a%22b", 7),
        ];
        for (text, length) in table {
            assert_eq!(quoted(text.as_bytes()), Some(length), "{text}");
        }
        assert_eq!(quoted(b"a"), None);
    }

    #[test]
    fn a_value_ends_where_the_next_name_begins() {
        let table = [
            ("a b", 1),
            ("a,b=c", 1),
            ("a;Data Source=c", 1),
            ("a&b=c", 1),
            ("a), c", 1),
            ("a,b c", 3),
            ("a&b", 3),
            ("a;", 1),
            ("a)!b", 4),
            (r"a\nb", 1),
            (r"a\b", 3),
        ];
        for (text, length) in table {
            assert_eq!(unquoted(text.as_bytes()), length, "{text}");
        }
    }

    #[test]
    fn what_has_digits_or_both_cases_looks_random() {
        for value in ["hunter2", "huNter", "a1B2", "orders-2", "123456"] {
            assert!(looks_random(value.as_bytes(), Name::Secret), "{value}");
        }
        for value in [
            "not",
            "EOF",
            "Invalid",
            "ExpiredSignature",
            "404",
            "10.0.0.7:443",
            "HTTP/1.1",
            "sha256",
            "orders-db",
        ] {
            assert!(!looks_random(value.as_bytes(), Name::Secret), "{value}");
        }
        for value in ["1234", "HunterTwo", "hunt!er"] {
            assert!(looks_random(value.as_bytes(), Name::Password), "{value}");
        }
    }
}
