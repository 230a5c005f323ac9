use std::ops::Range;

use super::pairs::trimmed;
use super::{Joint, Scan};
use crate::redact::names::{self, Name, name_of};
use crate::redact::values::{self, is_number, is_word};

/// What the flags of a command say.
impl Scan<'_> {
    /// The value of a flag, of which this is the first word.
    pub(super) fn flag(&self, word: &[u8]) -> Option<Range<usize>> {
        if word[0] != b'-' {
            return None;
        }
        if let Some(secret) = self.short_flag(word) {
            return Some(secret);
        }
        let start = self.behind_blanks()?;
        if word.ends_with(b"-user") {
            return self.user(start);
        }
        let name = name_of(word)?;
        let value = self.rest(start);
        let next = &value[..values::unquoted(value)];
        let flag = word.starts_with(b"--") || name == Name::Password;
        if !flag || value[0] == b'-' || names::is_prose(next) {
            return None;
        }
        let secret = self.value(start, name, Joint::Equals)?;
        (name != Name::Key || self.is_secret_key(&self.text[secret.clone()])).then_some(secret)
    }

    /// The value of `-u user:word`, and of `-pWORD` where the command takes a password so.
    fn short_flag(&self, word: &[u8]) -> Option<Range<usize>> {
        let [b'-', letter, joined @ ..] = word else {
            return None;
        };
        // `-password` is a flag of its own.
        if joined.iter().all(u8::is_ascii_lowercase) && name_of(word).is_some() {
            return None;
        }
        let flag = self.word.start + 2;
        let blanks = self.blanks(flag);
        if matches!(letter, b'u' | b'U' | b'a')
            && let Some(secret) = self.user(flag + blanks)
        {
            return Some(secret);
        }
        if !matches!(letter, b'p' | b'P' | b'a' | b'w') {
            return None;
        }
        let start = flag + blanks;
        let value = self.rest(start);
        let quoted = values::quoted(value);
        let takes = password_flag(&self.text[..self.word.start], *letter);
        let here = match takes {
            _ if joined.is_empty() && blanks == 0 => *letter == b'p' && quoted.is_some(),
            Some(Flag::Joined) => !joined.is_empty(),
            Some(Flag::Either) => true,
            None => false,
        };
        let length = quoted.unwrap_or_else(|| values::unquoted(value));
        let port = joined.is_empty() && is_number(trimmed(&value[..length]));
        let other = value.first() == Some(&b'-') || names::is_prose(&value[..length]) || port;
        (here && length > 0 && !other).then_some(start..start + length)
    }

    /// A value with a user and a word, of which a colon between numbers or names of files is none.
    fn user(&self, start: usize) -> Option<Range<usize>> {
        let value = self.rest(start);
        let length = values::quoted(value).unwrap_or_else(|| values::unquoted(value));
        let value = &value[..length];
        let colon = value.iter().position(|byte| *byte == b':')?;
        let letters = value[..colon].iter().any(u8::is_ascii_alphabetic);
        let word = value[colon + 1..].iter().any(u8::is_ascii_alphanumeric);
        let place = value[colon..].starts_with(b"://") || value.contains(&b'@');
        (letters && word && !place).then_some(start..start + length)
    }
}

/// How a short flag of a command takes a password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    /// `-pPASSWORD` only: what stands behind a blank is something else.
    Joined,
    /// `-pPASSWORD` and `-p PASSWORD`.
    Either,
}

/// Returns how a command takes a password behind such a letter, if it does.
///
/// `before` is what stands before the flag. The same letter is a port or a path to other commands,
/// so that the command must be known.
fn password_flag(before: &[u8], letter: u8) -> Option<Flag> {
    const NEAR: usize = 160;
    let line = &before[before.len().saturating_sub(NEAR)..];
    let line = line.rsplit(|byte| b"\n;|".contains(byte)).next()?;
    line.split(|byte| !is_word(*byte)).rev().find_map(|word| {
        let mut commands = COMMANDS.iter();
        let (_, _, flag) = commands
            .find(|(name, flag, _)| *flag == letter && word.starts_with(name.as_bytes()))?;
        Some(*flag)
    })
}

/// How the name of a command begins, and its flag.
const COMMANDS: [(&str, u8, Flag); 13] = [
    ("mysql", b'p', Flag::Joined),
    ("mariadb", b'p', Flag::Joined),
    ("7z", b'p', Flag::Joined),
    ("sshpass", b'p', Flag::Either),
    ("login", b'p', Flag::Either),
    ("mongo", b'p', Flag::Either),
    ("cqlsh", b'p', Flag::Either),
    ("zip", b'P', Flag::Either),
    ("unzip", b'P', Flag::Either),
    ("sqlcmd", b'P', Flag::Either),
    ("bcp", b'P', Flag::Either),
    ("redis-cli", b'a', Flag::Either),
    ("ldap", b'w', Flag::Either),
];
