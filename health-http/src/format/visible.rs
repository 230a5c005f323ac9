use std::fmt::{self, Write};

use health_core::__adapters::write_visible;

/// A reader is shown no more than this of a text, in bytes.
const LONGEST: usize = 4 * 1024;

/// A text in one line, with nothing in it that acts instead of being seen.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

/// A text with its lines, with nothing else in it that acts instead of being seen.
pub(crate) struct Lines<'a>(pub(crate) &'a str);

impl OneLine<'_> {
    pub(crate) fn write(&self, out: &mut impl Write) -> fmt::Result {
        write_visible(out, self.0, None, |_| false)
    }
}

impl Lines<'_> {
    pub(crate) fn write(&self, out: &mut impl Write) -> fmt::Result {
        write_visible(out, self.0, None, |c| c == '\n')
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
