use std::fmt::{self, Write};

/// A reader is shown no more than this of a text, in bytes.
const LONGEST: usize = 4 * 1024;

/// A text in one line, with nothing in it that acts instead of being seen.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

/// A text with its lines, with nothing else in it that acts instead of being seen.
pub(crate) struct Lines<'a>(pub(crate) &'a str);

impl OneLine<'_> {
    pub(crate) fn write(&self, out: &mut impl Write) -> fmt::Result {
        write_visible(out, self.0, |_| false)
    }
}

impl Lines<'_> {
    pub(crate) fn write(&self, out: &mut impl Write) -> fmt::Result {
        write_visible(out, self.0, |c| c == '\n')
    }
}

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

/// The beginning of a text, and how many bytes of it are left out.
pub(crate) fn beginning(text: &str) -> (&str, usize) {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (&text[..end], text.len() - end)
}

/// Writes a text so that whatever a reader would not see is spelt out.
///
/// What the standard library would not print in a `Debug` is escaped: control characters, and those that turn the
/// direction of writing or take no room. All blanks, the marks above and below a letter, and what joins letters or
/// pictures that are joined by it stay as they are.
fn write_visible(
    out: &mut impl Write,
    text: &str,
    is_allowed: impl Fn(char) -> bool,
) -> fmt::Result {
    // What was written last, if it is a character that can be seen.
    let mut before = None;
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
        before = is_seen.then_some(c);
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
/// Braille pattern, and what chooses a variant of the character before it.
fn is_empty(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
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
    use super::*;

    #[test]
    fn what_acts_is_shown_instead() {
        let hostile = "a\u{1b}[2Jb\u{202e}c\r\n\td é 字";
        assert_eq!(
            OneLine(hostile).to_string(),
            r"a\u{1b}[2Jb\u{202e}c\r\n\td é 字"
        );
        assert_eq!(
            Lines(hostile).to_string(),
            "a\\u{1b}[2Jb\\u{202e}c\\r\n\\td é 字"
        );
    }

    #[test]
    fn what_takes_no_room_or_turns_the_direction_is_spelt_out() {
        for c in [
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{2060}',
            '\u{2066}',
            '\u{206f}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{fffb}',
            '\u{e0001}',
            '\u{e007f}',
            '\u{e0101}',
            '\u{10ffff}',
        ] {
            let expected = format!("a{}b", c.escape_unicode());
            assert_eq!(OneLine(&format!("a{c}b")).to_string(), expected);
            assert_eq!(Lines(&format!("a{c}b")).to_string(), expected);
        }
        assert_eq!(
            OneLine("\u{301}a\n\u{301}").to_string(),
            r"\u{301}a\n\u{301}",
            "a mark without a letter"
        );
    }

    #[test]
    fn what_is_read_stays() {
        for text in [
            r#"C:\data "it's""#,
            "« x » n’existe\u{a0}pas",
            "データ　ベース",
            "e\u{301}té",
            "नमस्ते",
            "ไม่พบ",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "שגיאה",
            "🔥",
            "👨\u{200d}👩\u{200d}👧",
            "⚠\u{fe0f} a…b",
        ] {
            assert_eq!(OneLine(text).to_string(), text);
        }
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
            assert_eq!(OneLine(text).to_string(), expected);
        }
    }

    #[test]
    fn a_long_text_ends_between_characters_and_tells_how_much_is_missing() {
        let text = "é".repeat(3000);
        let (shown, missing) = beginning(&text);
        assert_eq!((shown.len(), missing), (4096, 1904));
        assert_eq!(beginning("short"), ("short", 0));
        let text = "€".repeat(2000);
        let (shown, missing) = beginning(&text);
        assert_eq!((shown.len(), missing), (4095, 1905));
    }
}
