/// Writes a text so that it stays on one line and nothing in it acts instead of being seen.
///
/// Each character that is not [shown](is_shown) becomes an escape of Rust's, such as `\n` and
/// `\u{202e}`. Quotes and backslashes stay as they are.
pub(super) fn push_visible(text: &str, out: &mut String) {
    let mut stands = !out.is_empty();
    for c in text.chars() {
        let shown = is_shown(c, stands);
        if shown {
            out.push(c);
        } else if matches!(c, '\n' | '\r' | '\t') {
            out.extend(c.escape_default());
        } else {
            out.extend(c.escape_unicode());
        }
        stands = shown;
    }
}

/// Whether a character is seen for what it is.
///
/// That is what the standard library prints in a `Debug`, and blanks that do not end a line: so no
/// control character, none that turns the direction of writing or takes no room, and none without
/// an assigned meaning. A mark is seen where it `stands` on a character that is.
fn is_shown(c: char, stands: bool) -> bool {
    match c {
        ' '..='~' => true,
        '\u{85}' | '\u{2028}' | '\u{2029}' => false,
        c if c.is_control() || is_empty(c) => false,
        c => c.is_whitespace() || is_printed(c) || stands && is_mark(c),
    }
}

fn is_printed(c: char) -> bool {
    c.escape_debug().len() == 1
}

/// Whether it is written onto the character before it: a `Debug` escapes it alone, but not behind a
/// letter.
fn is_mark(c: char) -> bool {
    let mut letter_and_mark = [b'a'; 5];
    let end = 1 + c.encode_utf8(&mut letter_and_mark[1..]).len();
    str::from_utf8(&letter_and_mark[..end]).is_ok_and(|text| text.escape_debug().count() == 2)
}

/// Whether it has no shape, although it is a letter, a symbol or a mark to the standard library:
/// joiners and fillers, the empty Braille pattern and note, and what chooses a variant of the
/// character before it.
fn is_empty(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{16fe4}'
            | '\u{1d159}' | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    fn visible(text: &str) -> String {
        let mut out = String::new();
        push_visible(text, &mut out);
        out
    }

    /// Unicode's properties `Bidi_Control` and `Default_Ignorable_Code_Point`, the ends of a line,
    /// and what has an empty shape.
    const UNSEEN: &[RangeInclusive<char>] = &[
        '\0'..='\u{1f}',
        '\u{7f}'..='\u{9f}',
        '\u{ad}'..='\u{ad}',
        '\u{34f}'..='\u{34f}',
        '\u{61c}'..='\u{61c}',
        '\u{115f}'..='\u{1160}',
        '\u{17b4}'..='\u{17b5}',
        '\u{180b}'..='\u{180f}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{2800}'..='\u{2800}',
        '\u{3164}'..='\u{3164}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
        '\u{ffa0}'..='\u{ffa0}',
        '\u{fff0}'..='\u{fffb}',
        '\u{16fe4}'..='\u{16fe4}',
        '\u{1bca0}'..='\u{1bca3}',
        '\u{1d159}'..='\u{1d159}',
        '\u{1d173}'..='\u{1d17a}',
        '\u{e000}'..='\u{f8ff}',
        '\u{e0000}'..='\u{e0fff}',
        '\u{f0000}'..='\u{10ffff}',
    ];

    #[test]
    fn what_is_not_seen_is_escaped() {
        let unseen = UNSEEN.iter().flat_map(Clone::clone);
        for c in unseen.filter(|c| !matches!(c, '\n' | '\r' | '\t')) {
            let escaped = format!("a{}b", c.escape_unicode());
            assert_eq!(visible(&format!("a{c}b")), escaped);
        }
    }

    #[test]
    fn what_acts_is_escaped() {
        assert_eq!(
            visible("a\nb\r\tc\u{1b}[2Jd\u{202e}e\0"),
            r"a\nb\r\tc\u{1b}[2Jd\u{202e}e\u{0}"
        );
    }

    #[test]
    fn what_is_read_stays() {
        for text in [
            r#"C:\data "it's""#,
            "« x » n’existe\u{a0}pas",
            "データ　ベース",
            "e\u{301}té",
            "a\u{308}\u{301}",
            "नमस्ते",
            "ไม่พบ",
            "한글",
            "\u{1112}\u{1161}\u{11ab}",
            "خطأ",
            "שגיאה",
            "שָׁלוֹם",
            "🔥",
            "a…b",
            "±½€→",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_mark_without_a_letter_is_escaped() {
        assert_eq!(visible("\u{301}a\n\u{301}"), r"\u{301}a\n\u{301}");
    }
}
