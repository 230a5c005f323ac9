use std::ops::Range;

use super::pairs::before_quote;
use super::{Joint, LONGEST, Scan};
use crate::redact::names::{self, Name, name_of};
use crate::redact::values::{self, is_blank, looks_random};

/// What a word is or says of what stands behind it.
impl Scan<'_> {
    /// A secret that begins with this word, or is announced by it.
    pub(super) fn at_word(&mut self) -> Option<Range<usize>> {
        let Range { start, end } = self.word;
        let word = &self.text[start..end];
        if word.ends_with(b"-----BEGIN") {
            return Some(end - 10..self.block_end(end));
        }
        // Behind an escaped tab or an encoded mark.
        let escape = match start.checked_sub(1).map(|before| self.text[before]) {
            Some(b'\\') => 1,
            Some(b'%') => 2,
            _ => 0,
        };
        let dashes = word
            .iter()
            .take_while(|byte| matches!(byte, b'-' | b'.'))
            .count();
        if let Some(skip) = [0, escape, dashes]
            .into_iter()
            .find(|skip| word.get(*skip..).is_some_and(names::is_token))
        {
            let tail = word.iter().rev().take_while(|byte| **byte == b'.').count();
            return Some(start + skip..end - tail);
        }
        if self.is_bot(word) || self.is_told(word) {
            return Some(start..start + values::unquoted(self.rest(start)));
        }
        self.sql(word)
            .or_else(|| self.webhook(word))
            .or_else(|| self.scheme(word))
            .or_else(|| self.flag(word))
    }

    /// The word behind `Bearer` or `Basic`.
    fn scheme(&self, word: &[u8]) -> Option<Range<usize>> {
        let bearer = word.eq_ignore_ascii_case(b"bearer");
        if !bearer && !word.eq_ignore_ascii_case(b"basic") {
            return None;
        }
        let start = self.behind_blanks()?;
        let value = self.rest(start);
        if let Some(length) = values::quoted(value).filter(|_| bearer) {
            return (length > 2).then_some(start..start + length);
        }
        let length = values::unquoted(value);
        let value = &value[..length];
        let secret = if bearer {
            let small = |byte: &u8| byte.is_ascii_lowercase() || !byte.is_ascii_alphanumeric();
            length >= 16 || !value.iter().all(small)
        } else {
            let encoded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
            length >= 8 && value.iter().all(encoded) && looks_random(value, Name::Secret)
        };
        secret.then_some(start..start + length)
    }

    /// Whether it is the second half of a token of a Telegram bot, as in `123456789:AA..`.
    fn is_bot(&self, word: &[u8]) -> bool {
        let number = self.bytes(self.before.clone());
        let digits = number.iter().rev().take_while(|byte| byte.is_ascii_digit());
        word.starts_with(b"AA") && word.len() >= 30 && self.between() == b":" && digits.count() >= 8
    }

    /// Whether the word before calls this one a secret, as in `session token 9f86d081884c7d65`.
    fn is_told(&self, word: &[u8]) -> bool {
        if !word.iter().any(u8::is_ascii_digit) {
            return false;
        }
        let between = self.between();
        let told = between.len() <= 8
            && between.iter().any(|byte| is_blank(*byte))
            && between
                .iter()
                .all(|byte| is_blank(*byte) || b"'\"`".contains(byte));
        told && name_of(self.bytes(self.before.clone())).is_some_and(|name| {
            !matches!(name, Name::Key | Name::Short) && values::is_surely_random(word, name)
        })
    }

    /// The password behind `IDENTIFIED BY`. In prose somebody is identified by a name, which is in
    /// small letters.
    fn sql(&mut self, word: &[u8]) -> Option<Range<usize>> {
        let end = self.word.end;
        let is = |word: &[u8], other: &[u8]| word.eq_ignore_ascii_case(other);
        let sets = is(word, b"identified")
            || is(word, b"for") && is(self.bytes(self.before.clone()), b"password");
        if sets {
            self.sql_until = end + LONGEST;
        }
        if word != b"BY" || end > self.sql_until {
            return None;
        }
        let start = end + self.blanks(end);
        let length = values::unquoted(self.rest(start));
        let next = self.bytes(start..start + length);
        let keyword = is(next, b"password") || is(next, b"random") || is(next, b"values");
        (start > end && length > 0 && !keyword).then_some(start..start + length)
    }

    /// What `SET PASSWORD FOR user = '..'` sets.
    pub(super) fn sql_value(&self, at: usize, joint: Joint) -> Option<Range<usize>> {
        if joint != Joint::Equals || at > self.sql_until {
            return None;
        }
        let start = at + self.blanks(at);
        let length = values::quoted(self.rest(start))?;
        (length > 2).then_some(start..start + length)
    }

    /// What in the path of a webhook lets everybody post to it.
    fn webhook(&self, word: &[u8]) -> Option<Range<usize>> {
        let end = self.word.end;
        let hook = word.starts_with(b"hooks.")
            || [&b"webhook"[..], b"webhooks", b"webhookb2"].contains(&word);
        let path = self.rest(end).strip_prefix(b"/").filter(|_| hook)?;
        let path = &path[..path.len().min(LONGEST)];
        let path = &path[..values::unquoted(path)];
        let mut parts = path
            .split(|byte| *byte == b'?')
            .take(1)
            .flat_map(|path| path.split(|byte| *byte == b'/'));
        let random = |part: &[u8]| part.len() >= 16 && looks_random(part, Name::Secret);
        let start = end + 1;
        parts
            .any(random)
            .then(|| start..start + values::unquoted(self.rest(start)))
    }

    /// What is quoted directly behind the word, as in `PASSWORD '..'` and `Secret("..")`.
    pub(super) fn said(&self, at: usize) -> Option<Range<usize>> {
        let gap = self.text.get(self.word.end..at)?;
        let word = self.bytes(self.word.clone());
        let said = match gap {
            b"(" | b"(\\" => {
                name_of(word).is_some_and(|name| !matches!(name, Name::Key | Name::Short))
            }
            b" " | b"  " | b" \\" => {
                let keyword = word.iter().all(u8::is_ascii_uppercase) && self.text[at] == b'\'';
                let by = word.eq_ignore_ascii_case(b"by") && at <= self.sql_until;
                by || match name_of(word) {
                    Some(Name::Password) => true,
                    Some(Name::Secret) => keyword || names::is_header(word),
                    _ => false,
                }
            }
            // `("x-api-key", "..")`
            b"\", " | b"', " | b"\"," | b"'," => match name_of(word) {
                Some(Name::Authorization | Name::Cookie) => true,
                Some(Name::Key | Name::Short) | None => false,
                Some(_) => word.contains(&b'-') || self.is_pair(at),
            },
            _ => false,
        };
        if !said {
            return None;
        }
        let start = at - usize::from(gap.ends_with(b"\\"));
        let length = values::quoted(self.rest(start)).filter(|length| *length > 2)?;
        let mut end = start + length;
        // `Credentials("user", "..")`
        while gap.starts_with(b"(") {
            let rest = self.rest(end);
            let Some(next) = rest.strip_prefix(b", ") else {
                break;
            };
            let wrapper = before_quote(next);
            let Some(length) = values::quoted(&next[wrapper..]) else {
                break;
            };
            end += 2 + wrapper + length;
        }
        Some(start..end)
    }

    /// Whether the word is the first and what is quoted here the last of two in parentheses.
    fn is_pair(&self, at: usize) -> bool {
        let end = at + values::quoted(self.rest(at)).unwrap_or_default();
        let before = &self.text[..self.word.start];
        let opens = before.ends_with(b"(\"") || before.ends_with(b"('");
        opens && self.rest(end).starts_with(b")")
    }
}
