use std::ops::Range;

use super::{Joint, LONGEST, Scan};
use crate::redact::names::{self, Name, name_of};
use crate::redact::values::{self, MASK, ends_line, is_blank, is_word, looks_random};

/// The values of names.
impl Scan<'_> {
    /// The value of a name, joined by so many bytes.
    pub(super) fn pair(&mut self, at: usize, length: usize, joint: Joint) -> Option<Range<usize>> {
        let Some(name) = self.name(at, joint) else {
            return self.sql_value(at + length, joint);
        };
        let mut start = at + length;
        if joint == Joint::Equals {
            start += self
                .rest(start)
                .iter()
                .take_while(|byte| matches!(byte, b'=' | b'>'))
                .count()
                .min(2);
        }
        let from = start;
        start += self.blanks(start);
        if start == self.text.len() {
            return None;
        }
        let in_quotes = matches!(self.text[self.word.end], b'"' | b'\'');
        let header = !in_quotes
            && matches!(name, Name::Authorization | Name::Cookie)
            && joint != Joint::Equals;
        let open = header && values::quoted(self.rest(start)).is_none();
        if let Some(secret) = open.then(|| self.header(start, name)).flatten() {
            return Some(secret);
        }
        // `password= user=orders` has no password.
        if joint == Joint::Equals && start > from && is_word(self.text[at - 1]) {
            let next = self.rest(start);
            if next.get(next.iter().take_while(|byte| is_word(**byte)).count()) == Some(&b'=') {
                return None;
            }
        }
        let secret = self.value(start, name, joint)?;
        (name != Name::Key || self.is_secret_key(&self.text[secret.clone()])).then_some(secret)
    }

    /// What the word before a joint names.
    fn name(&self, at: usize, joint: Joint) -> Option<Name> {
        let gap = self.text.get(self.word.end..at)?;
        let word = self.bytes(self.word.clone());
        if word.is_empty()
            || !are_marks(gap)
            || joint != Joint::Equals && names::is_file(word)
            || joint == Joint::ColonBlank && self.is_parsed()
        {
            return None;
        }
        let quoted = gap.first() == self.text[..at].last() && matches!(gap, [b'"' | b'\'']);
        match name_of(word) {
            Some(Name::Short) if joint != Joint::Equals && !quoted => return None,
            Some(name) => return Some(name),
            None => {}
        }
        // `name: DB_PASSWORD, value: ..`
        let between = self.between();
        let named = word.eq_ignore_ascii_case(b"value")
            && between.len() <= 24
            && (between != b" " || joint == Joint::Equals);
        named
            .then(|| name_of(self.bytes(self.before.clone())))
            .flatten()
    }

    /// Whether the word is what a parser speaks of, as in `unexpected token: Comma`.
    fn is_parsed(&self) -> bool {
        let before = self.bytes(self.before.clone());
        self.between() == b" "
            && ["unexpected", "expected", "method"]
                .into_iter()
                .any(|parsed| before.eq_ignore_ascii_case(parsed.as_bytes()))
    }

    /// Whether the value of the bare word "key" is a secret rather than what is looked up, or the
    /// name of one.
    pub(super) fn is_secret_key(&self, value: &[u8]) -> bool {
        let asked = self
            .word
            .start
            .checked_sub(1)
            .is_some_and(|before| b"?&".contains(&self.text[before]));
        let inner = value
            .get(1..value.len().saturating_sub(1))
            .unwrap_or_default();
        asked || value.len() > LONGEST || looks_random(value, Name::Key) && name_of(inner).is_none()
    }

    /// The value of a header, up to the end of the line or of the quotes around the header.
    fn header(&mut self, start: usize, name: Name) -> Option<Range<usize>> {
        let quote = self
            .word
            .start
            .checked_sub(1)
            .map(|before| self.text[before]);
        let quote = quote.filter(|quote| matches!(quote, b'"' | b'\''));
        if start < self.no_header {
            return None;
        }
        let rest = self.rest(start);
        let end = (0..rest.len()).find(|at| {
            let rest = &rest[*at..];
            ends_line(rest)
                || Some(rest[0]) == quote
                || rest[0] == b'\\' && rest.get(1).copied() == quote && quote.is_some()
        });
        let line = &rest[..end.unwrap_or(rest.len())];
        let line = line.trim_ascii_end();
        let mut words = line.split(|byte| is_blank(*byte));
        let first = words.next().unwrap_or_default();
        let prose = line
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || b" ,.;:()'-".contains(byte));
        let alone = name == Name::Authorization && words.next().is_none();
        let secret = names::is_scheme(first) || alone || !prose;
        let length = if line.starts_with(MASK.as_bytes()) {
            MASK.len()
        } else {
            line.len()
        };
        if secret && length > 0 {
            return Some(start..start + length);
        }
        if quote.is_none() {
            self.no_header = start + length;
        }
        None
    }

    /// The value that begins here, if the joint says that it is one.
    pub(super) fn value(&self, start: usize, name: Name, joint: Joint) -> Option<Range<usize>> {
        let rest = self.rest(start);
        if rest[0] == b'|' || rest[0] == b'>' {
            return self.block(start);
        }
        let tuple =
            joint == Joint::Equals && is_tuple(rest) || matches!(rest, [b'(', b'"' | b'\'', ..]);
        let inside = if tuple { 0 } else { before_quote(rest) };
        for inner in [0, inside] {
            if rest[inner..].starts_with(MASK.as_bytes()) {
                return Some(start + inner..start + inner + MASK.len());
            }
            let Some(length) = values::quoted(&rest[inner..]) else {
                continue;
            };
            let wrapper = without_prefix(&rest[..inner]);
            let glued = wrapper.last().is_none_or(|byte| b"(&# ".contains(byte));
            if glued {
                let value = &rest[inner..inner + length];
                let empty = !value
                    .iter()
                    .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
                let short = empty && (joint == Joint::ColonBlank || length <= 4);
                return (!short).then_some(start + wrapper.len()..start + inner + length);
            }
        }
        let closed = |close: u8| {
            rest.iter()
                .position(|byte| *byte == close)
                .map_or(rest.len(), |end| end + 1)
        };
        match rest[0] {
            b'(' if tuple => return Some(start..start + closed(b')')),
            b'{' if joint == Joint::Equals => return Some(start..start + braced(rest)),
            b'{' => return None,
            b'[' => {
                let length = closed(b']');
                let full = rest[..length].iter().any(u8::is_ascii_alphanumeric);
                return full.then_some(start..start + length);
            }
            _ => {}
        }
        let mut length = values::unquoted(rest);
        let value = &rest[..length];
        if names::is_scheme(value) {
            length += behind_scheme(&rest[length..], name, joint);
        }
        let nothing = [&b"null"[..], b"true", b"false", b"none", b"nil"];
        if length == 0 || nothing.iter().any(|word| value.eq_ignore_ascii_case(word)) {
            return None;
        }
        let cut = !self.whole && start + length == self.text.len();
        let password = name == Name::Password;
        let port = is_port(value) && !password;
        let counts = !password
            && (values::is_number(trimmed(value))
                || value.len() <= LONGEST && values::is_place(value)
                || names::is_prose(trimmed(value)));
        let header =
            names::is_header(self.bytes(self.word.clone())) || self.is_line(start + length, name);
        let secret = cut
            || length > value.len()
            || match joint {
                Joint::Equals => !counts,
                Joint::Colon => !port,
                Joint::ColonBlank => {
                    header && !port && !names::is_prose(trimmed(value))
                        || looks_random(trimmed(value), name)
                }
            };
        secret.then_some(start..start + length)
    }

    /// Whether the last word and the value that ends here are all of a line of a list, or all of a
    /// field between braces.
    fn is_line(&self, end: usize, name: Name) -> bool {
        let before = self.text[..self.word.start].trim_ascii_end();
        let rest = self.rest(end + self.blanks(end));
        let gap = &self.text[before.len()..self.word.start];
        let begins = gap.contains(&b'\n')
            || before.ends_with(b"\\n")
            || self.before.end > 0 && before.ends_with(b"-") && gap == b" ";
        let line = begins && (rest.is_empty() || ends_line(rest));
        let field = name == Name::Password
            && self.braces > 0
            && matches!(before.last(), Some(b'{' | b','))
            && matches!(rest.first(), Some(b',' | b'}'));
        line || field
    }

    /// The lines of a value that a `|` or `>` announces, up to one that is indented less.
    fn block(&self, start: usize) -> Option<Range<usize>> {
        let mark = 1 + usize::from(matches!(self.text.get(start + 1), Some(b'-' | b'+')));
        let first = start + mark;
        let first = first + self.line_end(first)?;
        let indent = self.blanks(first);
        let mut end = first;
        loop {
            let rest = self.rest(end);
            let length = (0..rest.len()).find(|at| ends_line(&rest[*at..]));
            end += length.unwrap_or(rest.len());
            let next = self.line_end(end).map(|length| end + length);
            match next.filter(|next| indent > 0 && self.blanks(*next) >= indent) {
                Some(next) => end = next,
                None => break,
            }
        }
        let start = first + indent;
        (end > start).then_some(start..end)
    }

    /// The length of the line end there.
    fn line_end(&self, at: usize) -> Option<usize> {
        match self.rest(at) {
            [b'\r', b'\n', ..] | [b'\\', b'n', ..] => Some(2),
            [b'\n', ..] => Some(1),
            _ => None,
        }
    }
}

/// Whether only marks are between a name and its joint.
fn are_marks(gap: &[u8]) -> bool {
    let mut rest = &gap[..gap.len().min(32)];
    while let Some(byte) = rest.first() {
        let mark = is_blank(*byte) || b"\"'`\\]:!".contains(byte);
        let length = match values::written_quote(rest) {
            Some(length) => length,
            None if rest.starts_with(b"%5D") || rest.starts_with(b"%7D") => 3,
            None if mark => 1,
            None => return false,
        };
        rest = &rest[length..];
    }
    gap.len() <= 32
}

/// Whether there are several values in parentheses.
fn is_tuple(value: &[u8]) -> bool {
    let end = value.iter().take(LONGEST).position(|byte| *byte == b')');
    value[0] == b'(' && end.is_some_and(|end| value[..end].contains(&b','))
}

/// The length of what stands before a quoted value: `Some(`, `b`, `string(9) `.
pub(super) fn before_quote(value: &[u8]) -> usize {
    let mut last = b' ';
    let before = value.iter().take(48).take_while(|byte| {
        let part = is_word(**byte) || b"(:&#)=".contains(byte) || **byte == b' ' && last == b')';
        last = **byte;
        part
    });
    before.count()
}

/// Without the letters that tell the kind of what is quoted, as in `b".."` and `N'..'`.
fn without_prefix(wrapper: &[u8]) -> &[u8] {
    let letters = wrapper
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    &wrapper[..wrapper.len() - if letters <= 2 { letters } else { 0 }]
}

/// Whether it is the port of a host that has such a name, or the number of a line.
fn is_port(value: &[u8]) -> bool {
    let digits = value
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (1..=5).contains(&digits)
        && value
            .get(digits)
            .is_none_or(|next| b":/,.?)".contains(next))
}

/// A value without the marks of the sentence around it.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !b".,;:!?)".contains(byte));
    &value[..end.map_or(0, |end| end + 1)]
}

/// The length of what belongs to the name of a scheme, with the blank between.
fn behind_scheme(rest: &[u8], name: Name, joint: Joint) -> usize {
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    let length = values::unquoted(&rest[blanks..]);
    let next = &rest[blanks..blanks + length];
    let named = next.contains(&b'=') && !next.ends_with(b"=");
    let secret = match joint {
        Joint::ColonBlank => looks_random(trimmed(next), name),
        _ => !named,
    };
    if blanks > 0 && secret {
        blanks + length
    } else {
        0
    }
}

/// The length of a value in braces, in which a doubled brace stands for one.
fn braced(value: &[u8]) -> usize {
    let mut at = 1;
    while let Some(end) = value
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'}'))
    {
        at += end + 1;
        if value.get(at) != Some(&b'}') {
            return at;
        }
        at += 1;
    }
    value.len()
}
