use std::fmt::{self, Write as _};

/// A reader is shown no more than this of a text, in bytes.
const LONGEST: usize = 4 * 1024;

/// A text in one line, with nothing in it that acts instead of being seen.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

/// A text with its lines, with nothing else in it that acts instead of being seen.
pub(crate) struct Lines<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_visible(f, c))
    }
}

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c == '\n' {
                f.write_char(c)
            } else {
                write_visible(f, c)
            }
        })
    }
}

/// The beginning of a text with its lines, the rest counted.
pub(crate) fn beginning(text: &str) -> String {
    let ends = text.char_indices().map(|(start, c)| start + c.len_utf8());
    let end = ends.take_while(|end| *end <= LONGEST).last().unwrap_or(0);
    let rest = text.len() - end;
    let more = if rest > 0 {
        format!("\n… and {rest} bytes more")
    } else {
        String::new()
    };
    Lines(&text[..end]).to_string() + &more
}

fn write_visible(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    if c.is_control() || is_hidden(c) {
        write!(f, "{}", c.escape_default())
    } else {
        f.write_char(c)
    }
}

/// Whether it changes the direction of what follows or takes no room, and so could make a text read as another.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
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
    fn a_long_text_ends_between_characters_and_says_how_much_is_missing() {
        let text = "é".repeat(3000);
        assert!(
            beginning(&text).ends_with("é\n… and 1904 bytes more"),
            "{}",
            beginning(&text)
        );
        assert_eq!(beginning("short"), "short");
        assert!(beginning(&"€".repeat(2000)).ends_with("€\n… and 1905 bytes more"));
    }
}
