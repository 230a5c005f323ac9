//! Finds the secrets of a text: one scan, and what it knows secrets by.

mod elements;
mod flags;
mod pairs;
mod urls;
mod words;

use std::ops::Range;

use super::names;
use super::values::{self, MASK, is_blank, is_word};
use urls::Run;

/// Returns where the secrets of a text stand, in order, as far as they can be among the first
/// `shown` bytes of the masked text.
///
/// `whole` says that nothing was cut off the end. If something was, a secret may have lost its end.
///
/// Reads the text once from left to right. At each mark that can join a name and a value it looks at
/// the word before and the value behind. What it looks at ahead it either masks or remembers, so
/// that the time is linear.
pub(super) fn secrets(text: &str, whole: bool, shown: usize) -> Vec<Range<usize>> {
    let mut scan = Scan {
        text: text.as_bytes(),
        whole,
        word: 0..0,
        before: 0..0,
        run: Run::default(),
        wide: Run::default(),
        authority_end: 0,
        no_encoded_at: 0,
        no_header: 0,
        sql_until: 0,
        braces: 0,
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut hidden = 0;
    let mut at = 0;
    while let Some(byte) = scan.text.get(at) {
        if byte.is_ascii_whitespace() && at - hidden > shown {
            break;
        }
        let (secret, next) = scan.look(at);
        at = next;
        if let Some(mut secret) = secret {
            if names::contains(scan.bytes(secret.clone()), b"-----BEGIN") {
                secret.end = scan.block_end(secret.start).max(secret.end);
            }
            at = secret.end.max(secret.start + 1);
            hidden += secret.len().saturating_sub(MASK.len());
            (scan.word, scan.before) = (at..at, at..at);
            found.push(secret);
        }
    }
    found
}

struct Scan<'a> {
    text: &'a [u8],
    whole: bool,
    /// The last word, and the one before it.
    word: Range<usize>,
    before: Range<usize>,
    run: Run,
    /// The same with quotes and angle brackets in it.
    wide: Run,
    /// Where the last authority ends that is known to have no user.
    authority_end: usize,
    /// Up to here no encoded `@` follows.
    no_encoded_at: usize,
    /// Up to here the line has been found to be no value of a header.
    no_header: usize,
    /// Up to here a statement of SQL sets a password.
    sql_until: usize,
    /// How many braces are open.
    braces: usize,
}

/// What joins a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// `name=value`, which nobody writes in prose.
    Equals,
    /// `name:value`.
    Colon,
    /// `name: value`, which can be prose.
    ColonBlank,
}

/// A value that is longer is not looked at to find out that it is none, so that the time is linear.
const LONGEST: usize = 256;

type Look = (Option<Range<usize>>, usize);

impl Scan<'_> {
    /// Looks at one place. Returns the secret that is known by it, and where to look next.
    fn look(&mut self, at: usize) -> Look {
        match self.text[at] {
            // The second byte of an escaped line end.
            b'n' | b'r' if at > 0 && self.text[at - 1] == b'\\' => (None, at + 1),
            byte if is_word(byte) => {
                let end = at
                    + self
                        .rest(at)
                        .iter()
                        .take_while(|byte| is_word(**byte))
                        .count();
                self.before = std::mem::replace(&mut self.word, at..end);
                (self.at_word(), end)
            }
            b'=' => (self.pair(at, 1, Joint::Equals), at + 1),
            b':' => (self.at_colon(at), at + 1),
            b'%' => self.at_percent(at),
            b'<' => (self.element(at), at + 1),
            b'"' | b'\'' => (self.said(at), at + 1),
            b'@' => (self.user_slash_word(at), at + 1),
            b'\\' | b'&' => (None, at + self.escape(at)),
            b'{' => {
                self.braces += 1;
                (None, at + 1)
            }
            b'}' => {
                self.braces = self.braces.saturating_sub(1);
                (None, at + 1)
            }
            _ => (None, at + 1),
        }
    }

    /// The length of an escape whose letters are no part of a word.
    fn escape(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let unicode = rest.starts_with(b"\\u")
            && rest
                .get(2..6)
                .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        match values::written_quote(rest) {
            Some(length) => length,
            None if unicode => 6,
            None => 1,
        }
    }

    fn at_colon(&mut self, at: usize) -> Option<Range<usize>> {
        let rest = self.rest(at + 1);
        if rest.starts_with(b"//") {
            return self.url(at);
        }
        // `a::b`; behind `a::` and a blank stands what is encoded.
        let blank = rest.first().is_some_and(|byte| is_blank(*byte));
        let path = rest.first() == Some(&b':') || at > 0 && self.text[at - 1] == b':' && !blank;
        if path || rest.first() == Some(&b'=') {
            return None;
        }
        let joint = match rest.first() {
            Some(byte) if is_blank(*byte) => Joint::ColonBlank,
            _ => Joint::Colon,
        };
        self.pair(at, 1, joint).or_else(|| self.user_and_word(at))
    }

    /// `%3D`, `%3A` and `%3A%2F%2F`, also when they are encoded more than once.
    fn at_percent(&mut self, at: usize) -> Look {
        let Some((byte, length)) = self.encoded(at) else {
            return (None, at + 1);
        };
        let next = at + length;
        let secret = match byte {
            b'=' => self.pair(at, length, Joint::Equals),
            b':' => match self.slashes(next) {
                Some(start) => self.encoded_url(start),
                None => self.pair(at, length, Joint::Colon),
            },
            _ => None,
        };
        (secret, next)
    }

    /// The end of the PEM block whose first line has its name here. Without an end it goes on to the
    /// end of the text.
    fn block_end(&self, from: usize) -> usize {
        let find = |from: usize, part: &[u8]| {
            let found = self
                .rest(from)
                .windows(part.len())
                .position(|window| window == part);
            found.map(|found| from + found + part.len())
        };
        find(from, b"-----END ")
            .and_then(|end| find(end, b"-----"))
            .unwrap_or(self.text.len())
    }

    fn between(&self) -> &[u8] {
        self.text
            .get(self.before.end..self.word.start)
            .unwrap_or_default()
    }

    /// Where the next word begins, if only blanks are between.
    fn behind_blanks(&self) -> Option<usize> {
        let end = self.word.end;
        let start = end + self.blanks(end);
        (start > end && start < self.text.len()).then_some(start)
    }

    /// How many blanks stand there.
    fn blanks(&self, at: usize) -> usize {
        self.rest(at)
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count()
    }

    fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.text[range]
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
    }
}
