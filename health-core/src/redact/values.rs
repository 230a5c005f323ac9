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

/// Returns the length of the written form of a quote that a text begins with.
pub(super) fn written_quote(text: &[u8]) -> Option<usize> {
    let quote = WRITTEN_QUOTES
        .iter()
        .find(|quote| text.starts_with(quote.as_bytes()))?;
    Some(quote.len())
}

/// Quotes as they stand in an URL, in the JSON of .NET and in HTML.
const WRITTEN_QUOTES: [&str; 7] = [
    "%22", "\\u0022", "\\u0027", "&quot;", "&apos;", "&#34;", "&#39;",
];

/// Returns the length of the quoted value that a text begins with.
///
/// A value without an end goes on to the end of the text.
pub(super) fn quoted(text: &[u8]) -> Option<usize> {
    if let Some(length) = written_quote(text) {
        let (quote, rest) = text.split_at(length);
        let end = rest.windows(length).position(|window| window == quote);
        return Some(end.map_or(text.len(), |end| end + 2 * length));
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
            // Between letters it is a part of the value.
            b'"' | b'\'' => {
                !text[..at].last().is_some_and(u8::is_ascii_alphanumeric)
                    || !rest.get(1).is_some_and(u8::is_ascii_alphanumeric)
            }
            b'`' => true,
            b':' => rest.get(1).is_none_or(|byte| is_blank(*byte)),
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

/// Whether a word behind the name of a secret can hardly be a word of the sentence: it has letters
/// and digits in a row, a password at least six of them and what a machine made at least sixteen.
pub(super) fn is_surely_random(value: &[u8], name: Name) -> bool {
    let least = if name == Name::Password { 6 } else { 16 };
    value
        .split(|byte| !byte.is_ascii_alphanumeric())
        .any(|part| {
            part.len() >= least
                && part.iter().any(u8::is_ascii_digit)
                && part.iter().any(u8::is_ascii_alphabetic)
                && !is_algorithm(part)
        })
}

/// Whether it is a small number, which counts something.
pub(super) fn is_number(value: &[u8]) -> bool {
    (1..=5).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}

/// Whether it is the path of a file, or an address that is looked at by itself.
pub(super) fn is_place(value: &[u8]) -> bool {
    let mut bytes = value.iter();
    let file = value
        .strip_prefix(b"/")
        .is_some_and(|rest| rest.contains(&b'/'))
        && bytes.all(|byte| {
            byte.is_ascii_lowercase() || b"/._-".contains(byte) || byte.is_ascii_digit()
        });
    let scheme = value.iter().take_while(|byte| is_word(**byte)).count();
    file || scheme > 0 && value[scheme..].starts_with(b"://")
}

/// Whether each capital letter begins a word of at least two letters. The first word can have more
/// than one, as in `IOError`.
fn is_camel(part: &[u8]) -> bool {
    let capitals = part.iter().take_while(|byte| byte.is_ascii_uppercase());
    let capitals = capitals.count();
    (1..=5).contains(&capitals)
        && part.last().is_some_and(u8::is_ascii_lowercase)
        && !part[capitals..]
            .windows(2)
            .any(|two| two[0].is_ascii_uppercase() && two[1].is_ascii_uppercase())
}

fn is_algorithm(part: &[u8]) -> bool {
    const ALGORITHMS: [&str; 25] = [
        "aes128", "aes256", "argon2", "argon2id", "base64", "ed25519", "es256", "es384", "hs256",
        "http2", "ipv4", "ipv6", "md5", "oauth2", "pbkdf2", "pkcs1", "pkcs12", "pkcs8", "rs256",
        "sha1", "sha256", "sha384", "sha512", "utf8", "x509",
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
