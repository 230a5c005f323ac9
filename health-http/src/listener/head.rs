/// Follows the bytes of HTTP/1 requests, to know where the head of each ends.
///
/// What a head says is for the parser; only its end, an empty line, is looked for here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Head {
    /// Before the request line, where empty lines are skipped.
    #[default]
    Before,
    /// In a line that has something in it.
    InLine,
    /// Where a line begins.
    LineBegins,
    /// Behind the `\r` that a line begins with.
    LineBeginsWithReturn,
}

impl Head {
    /// Returns how many of these bytes belong to this head, and whether they end it.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            *self = match (*self, byte) {
                (Head::Before, b'\r' | b'\n') => Head::Before,
                (Head::LineBegins | Head::LineBeginsWithReturn, b'\n') => {
                    *self = Head::Before;
                    return (at + 1, true);
                }
                (Head::LineBegins, b'\r') => Head::LineBeginsWithReturn,
                (_, b'\n') => Head::LineBegins,
                _ => Head::InLine,
            };
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_an_empty_line() {
        for (bytes, expected) in [
            ("GET / HTTP/1.1\r\n\r\n", (18, true)),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", (27, true)),
            ("GET / HTTP/1.1\n\nGET", (16, true)),
            ("GET / HTTP/1.1\n\r\nGET", (17, true)),
            ("\r\n\n\r\nGET / HTTP/1.1\r\n\r\nGET", (23, true)),
            ("GET / HTTP/1.1\r\nHost: a\r\n", (25, false)),
            ("GET / HTTP/1.1\r\n\rX\r\n", (20, false)),
            ("\r\n\r\n\r\n", (6, false)),
            ("", (0, false)),
        ] {
            assert_eq!(
                Head::default().take(bytes.as_bytes()),
                expected,
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn it_does_not_matter_how_a_head_is_cut() {
        let bytes = b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\n\n";
        for cut in 0..bytes.len() {
            let mut head = Head::default();
            let mut ends = Vec::new();
            for part in [0..cut, cut..bytes.len()] {
                let mut at = part.start;
                while at < part.end {
                    let (count, whole) = head.take(&bytes[at..part.end]);
                    at += count;
                    ends.extend(whole.then_some(at));
                }
            }
            assert_eq!(ends, [29, 45], "cut at {cut}");
        }
    }
}
