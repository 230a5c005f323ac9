use std::fmt::{self, Write};

/// Writes a text so that whatever a reader would not see is spelt out.
///
/// What the standard library would not print in a `Debug` is escaped: control characters, and those that turn the
/// direction of writing or take no room. All blanks, the marks above and below a letter, and what joins letters or
/// pictures that are joined by it stay as they are, and so does what is allowed besides, such as ends of lines.
///
/// `before` is the character that stands before the text, if one that can be seen does.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write_visible(
    out: &mut impl Write,
    text: &str,
    mut before: Option<char>,
    is_allowed: impl Fn(char) -> bool,
) -> fmt::Result {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let plain = rest.bytes().take_while(|byte| (b' '..=b'~').contains(byte));
        let plain = plain.count();
        if plain > 0 {
            out.write_str(&rest[..plain])?;
            before = rest[..plain].chars().last();
            rest = &rest[plain..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let is_seen = is_allowed(c) || is_seen(before, c, rest.chars().next());
        if is_seen {
            out.write_char(c)?;
        } else if matches!(c, '\n' | '\r' | '\t') {
            write!(out, "{}", c.escape_default())?;
        } else {
            write!(out, "{}", c.escape_unicode())?;
        }
        // Nothing stands on the end of a line.
        before = (is_seen && !c.is_control()).then_some(c);
    }
    Ok(())
}

fn is_seen(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        // Ends of a line, which are blanks as well.
        '\u{85}' | '\u{2028}' | '\u{2029}' => false,
        '\u{200c}' | '\u{200d}' => before.zip(after).is_some_and(|(a, b)| is_joined(c, a, b)),
        '\u{fe0f}' => before.is_some_and(is_picture),
        c if is_empty(c) || c.is_control() => false,
        c => c.is_whitespace() || is_printed(c) || before.is_some() && is_mark(c),
    }
}

fn is_printed(c: char) -> bool {
    c.escape_debug().len() == 1
}

/// Whether it is written onto the character before it: alone it is escaped, behind a letter not.
fn is_mark(c: char) -> bool {
    let mut letter_and_mark = [b'a'; 5];
    let end = 1 + c.encode_utf8(&mut letter_and_mark[1..]).len();
    str::from_utf8(&letter_and_mark[..end]).is_ok_and(|text| text.escape_debug().count() == 2)
}

/// Whether it has no shape, although it is a letter, a symbol or a mark to the standard library: fillers, the empty
/// Braille pattern and note, and what chooses a variant of the character before it.
fn is_empty(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{16fe4}' | '\u{1d159}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether a joiner or a non-joiner between these two is seen in their form: between letters of scripts that join
/// theirs, and between the parts of one picture.
fn is_joined(joiner: char, before: char, after: char) -> bool {
    // Arabic and Syriac, and the scripts of India.
    let joins =
        |c| matches!(c, '\u{620}'..='\u{74f}' | '\u{750}'..='\u{77f}' | '\u{900}'..='\u{dff}');
    let parts = (is_picture(before) || before == '\u{fe0f}') && is_picture(after);
    joins(before) && joins(after) || joiner == '\u{200d}' && parts
}

/// Whether it is one of the symbols that pictures are composed of.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
        && !is_empty(c)
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    fn visible(text: &str) -> String {
        let mut out = String::new();
        write_visible(&mut out, text, None, |_| false).unwrap();
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
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👨\u{200d}👩\u{200d}👧",
            "⚠\u{fe0f} a…b",
            "±½€→",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_mark_without_a_letter_is_escaped() {
        assert_eq!(visible("\u{301}a\n\u{301}"), r"\u{301}a\n\u{301}");
    }

    /// A joiner is spelt out wherever nothing shows that it is there.
    #[test]
    fn a_joiner_that_joins_nothing_is_spelt_out() {
        for (text, expected) in [
            ("ad\u{200d}min", r"ad\u{200d}min"),
            ("🔥\u{200d}a", r"🔥\u{200d}a"),
            ("🔥\u{200c}🔥", r"🔥\u{200c}🔥"),
            ("🔥\u{200d}\u{200d}🔥", r"🔥\u{200d}\u{200d}🔥"),
            ("🔥\u{fe0f}\u{fe0f}", "🔥\u{fe0f}\\u{fe0f}"),
            ("می\u{200c}", r"می\u{200c}"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn what_is_allowed_besides_stays_and_no_mark_stands_on_it() {
        let mut out = String::new();
        write_visible(&mut out, "a\n\u{301}b\t", None, |c| c == '\n').unwrap();
        assert_eq!(out, "a\n\\u{301}b\\t");
    }
}
