/// Writes a text so that it stays on one line and nothing in it acts instead of being seen.
///
/// What the standard library would not print in a `Debug` is escaped: control characters and those
/// that turn the direction of writing or take no room. Quotes, backslashes, all blanks and the
/// marks above and below a letter stay as they are.
pub(super) fn push_visible(text: &str, out: &mut String) {
    let mut stands = !out.is_empty();
    for c in text.chars() {
        let shown = match c {
            ' '..='~' => true,
            // Ends of a line, which are blanks as well.
            '\u{85}' | '\u{2028}' | '\u{2029}' => false,
            c if is_empty(c) => false,
            c if c.is_control() => false,
            c => c.is_whitespace() || is_printed(c) || stands && is_mark(c),
        };
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

fn is_printed(c: char) -> bool {
    c.escape_debug().len() == 1
}

/// Whether it is written onto the character before it: alone it is escaped, behind a letter not.
fn is_mark(c: char) -> bool {
    let mut letter_and_mark = [b'a'; 5];
    let end = 1 + c.encode_utf8(&mut letter_and_mark[1..]).len();
    str::from_utf8(&letter_and_mark[..end]).is_ok_and(|text| text.escape_debug().count() == 2)
}

/// Whether it has no shape, although it is a letter, a symbol or a mark to the standard library:
/// fillers, the empty Braille pattern, and what chooses a variant of the character before it.
fn is_empty(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(text: &str) -> String {
        let mut out = String::new();
        push_visible(text, &mut out);
        out
    }

    #[test]
    fn what_would_deceive_a_reader_is_escaped() {
        assert_eq!(
            visible("a\nb\r\tc\u{1b}[2Jd\u{202e}e\0"),
            r"a\nb\r\tc\u{1b}[2Jd\u{202e}e\u{0}"
        );
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
            '\u{200d}',
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
            assert_eq!(
                visible(&format!("a{c}b")),
                format!("a{}b", c.escape_unicode())
            );
        }
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
            "خطأ",
            "שגיאה",
            "🔥",
            "a…b",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_mark_without_a_letter_is_escaped() {
        assert_eq!(visible("\u{301}a\n\u{301}"), r"\u{301}a\n\u{301}");
    }
}
