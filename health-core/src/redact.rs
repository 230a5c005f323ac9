use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use regex_lite::Regex;

/// Makes an error's text fit to be shown to the people who run the service, and to be logged.
///
/// What looks like a credential is masked, control characters and those that turn the direction of
/// writing are escaped, and what is longer than 1 KiB is cut. Takes time linear in the text.
pub(crate) fn redacted(text: &str) -> Arc<str> {
    let text = cut(text, READ);
    let masked = MASKS.iter().fold(text.to_owned(), |text, (pattern, mask)| {
        pattern.replace_all(&text, *mask).into_owned()
    });
    let escaped = escaped(&masked);
    let shown = cut(&escaped, SHOWN - ELLIPSIS.len());
    if shown.len() == escaped.len() {
        escaped.into()
    } else {
        format!("{shown}{ELLIPSIS}").into()
    }
}

/// No more than this is looked at, in bytes.
const READ: usize = 16 * 1024;

/// No more than this is shown, in bytes.
const SHOWN: usize = 1024;

const ELLIPSIS: &str = "…";

/// What looks like a credential, and what stands there instead. Rather too much than too little.
static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    const KEYS: &str = r"(?:password|passwd|passphrase|\bpass|pwd|secret|token|credentials?|authorization|cookie|signature|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key)";
    let pair = format!(
        r#"(?i)([\w.-]*{KEYS}\\?["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&)}}\]]+)"#
    );
    let masks = [
        // Keys and certificates, also when the end is missing.
        (
            r"(?s)-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$)",
            "***",
        ),
        (r"(?i)\b(bearer)\s+[^\s,;]+", "$1 ***"),
        (r"(?i)\b(basic)\s+[A-Za-z0-9+/=_-]{8,}", "$1 ***"),
        (r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*", "***"),
        // `scheme://user:word@host`, also when the word has a slash in it.
        (r"(://)[^\s/?#]*@", "$1***@"),
        (r"(://)[^\s:/?#@]*:[^\s/?#@]*[^\s/?#@0-9][^\s@]*@", "$1***@"),
        (r"\b[\w.-]+:[^\s@/]+@", "***@"),
        (&pair, "$1***"),
    ];
    masks
        .map(|(pattern, mask)| {
            (
                Regex::new(pattern).expect("the pattern is a constant"),
                mask,
            )
        })
        .into()
});

/// The longest beginning of at most so many bytes that does not split a character.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            // Characters that are not seen, but change what is.
            '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {
                let _ = write!(escaped, "{}", character.escape_unicode());
            }
            control if control.is_control() => {
                let _ = write!(escaped, "{}", control.escape_unicode());
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_and_the_rest_is_kept() {
        let table = [
            (
                "cannot reach postgres://orders:hunter2@db:5432/orders",
                "cannot reach postgres://***@db:5432/orders",
            ),
            (
                "redis://:hunter2@cache/0 refused",
                "redis://***@cache/0 refused",
            ),
            ("amqp://orders:hunt/er2@queue", "amqp://***@queue"),
            ("https://orders:hunt@er2@host/x", "https://***@host/x"),
            (
                "root:hunter2@tcp(db:3306)/orders",
                "***@tcp(db:3306)/orders",
            ),
            (
                "host=db password=hunter2 user=orders",
                "host=db password=*** user=orders",
            ),
            ("PGPASSWORD='hunter2 and more' psql", "PGPASSWORD=*** psql"),
            (
                r#"{"user":"orders","password":"hunt\"er2","n":1}"#,
                r#"{"user":"orders","password":***,"n":1}"#,
            ),
            (
                r#"body was "{\"api_key\":\"hunter2\"}""#,
                r#"body was "{\"api_key\":***}""#,
            ),
            ("GET /?access_key=hunter2&n=1", "GET /?access_key=***&n=1"),
            (
                "Authorization: Bearer hunter2.abc",
                "Authorization: *** ***",
            ),
            ("sent bearer hunter2", "sent bearer ***"),
            ("sent Basic b3JkZXJzOmh1bnRlcjI=", "sent Basic ***"),
            (
                "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.hunter2 expired",
                "jwt *** expired",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY----- is bad",
                "*** is bad",
            ),
            ("-----BEGIN RSA PRIVATE KEY-----\nhunter2", "***"),
        ];
        for (text, expected) in table {
            assert_eq!(&*redacted(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_credential_is_left_alone() {
        for text in [
            "unable to open database file: data/orders.db: Error code 14",
            "error sending request for url (http://prices.internal:8080/v1/prices?day=today)",
            "connection refused (os error 111)",
            "basic checks failed at 10:00:00",
        ] {
            assert_eq!(&*redacted(text), text);
        }
    }

    #[test]
    fn what_would_deceive_a_reader_is_escaped() {
        assert_eq!(
            &*redacted("a\nb\u{1b}[2Jc\u{202e}d\0"),
            r"a\nb\u{1b}[2Jc\u{202e}d\u{0}"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = redacted(&"é".repeat(1_000_000));
        assert!(
            text.len() <= SHOWN && text.ends_with("é…"),
            "{}",
            text.len()
        );
        assert_eq!(redacted(&"x".repeat(1021)).len(), 1021);
    }
}
