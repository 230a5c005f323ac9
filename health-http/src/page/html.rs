use std::fmt::{self, Display, Write};

use crate::format::visible::{Lines, OneLine};

/// HTML that is being written: markup is only what stands in this source, and everything else is escaped.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    pub(crate) fn with_capacity(bytes: usize) -> Html {
        Html(String::with_capacity(bytes))
    }

    /// Writes markup.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Writes a text, in one line and with nothing hidden in it.
    pub(crate) fn text(&mut self, text: &str) -> &mut Html {
        OneLine(text)
            .write(&mut Escaped(&mut self.0))
            .expect("a string takes everything");
        self
    }

    /// Writes a text with its lines, and with nothing else hidden in it.
    pub(crate) fn lines(&mut self, text: &str) -> &mut Html {
        Lines(text)
            .write(&mut Escaped(&mut self.0))
            .expect("a string takes everything");
        self
    }

    /// Writes a value of ours as a text.
    pub(crate) fn value(&mut self, value: impl Display) -> &mut Html {
        write!(Escaped(&mut self.0), "{value}")
            .expect("values of ours are written without failing");
        self
    }

    /// Writes a number: a chart has hundreds.
    pub(crate) fn number(&mut self, number: u16) -> &mut Html {
        let mut digits = [0; 5];
        let mut rest = number;
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let digits = str::from_utf8(&digits[first..]).expect("digits are ASCII");
        self.0.push_str(digits);
        self
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// Writes a text so that it is one, between tags as well as in a quoted attribute.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        let acts = |byte: u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
        while let Some(at) = rest.bytes().position(acts) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_only_a_text_wherever_it_stands() {
        let mut html = Html::default();
        html.raw("<p title=\"").text("\"'><script>\n&amp;\u{202e}");
        html.raw("\">").lines("</p>\n\u{1b}").raw("</p>");
        assert_eq!(
            html.finish(),
            "<p title=\"&quot;&#39;&gt;&lt;script&gt;\\n&amp;amp;\\u{202e}\">&lt;/p&gt;\n\\u{1b}</p>"
        );
    }

    #[test]
    fn a_value_is_escaped_as_a_text_is() {
        let mut html = Html::default();
        html.value(format_args!("{}&", '<'));
        assert_eq!(html.finish(), "&lt;&amp;");
    }

    #[test]
    fn a_number_is_written_as_the_standard_library_writes_it() {
        for number in [0, 7, 10, 255, 9_999, u16::MAX] {
            let mut html = Html::default();
            html.number(number);
            assert_eq!(html.finish(), number.to_string());
        }
    }
}
