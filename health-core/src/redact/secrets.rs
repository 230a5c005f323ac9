use std::ops::Range;

use super::commands::{Flag, password_flag};
use super::names::{self, Name, name_of};
use super::values::{self, MASK, ends_line, is_blank, is_word, looks_random};

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

/// What has been looked at ahead: no blank, line end or double quote is before `end`.
#[derive(Clone, Copy, Default)]
struct Run {
    end: usize,
    last_at: Option<usize>,
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

    /// A secret that begins with this word, or is announced by it.
    fn at_word(&mut self) -> Option<Range<usize>> {
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
            .or_else(|| self.announced(word))
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

    fn between(&self) -> &[u8] {
        self.text
            .get(self.before.end..self.word.start)
            .unwrap_or_default()
    }

    /// How many blanks stand there.
    fn blanks(&self, at: usize) -> usize {
        self.rest(at)
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count()
    }

    /// The word behind `Bearer`, `Basic` or a flag.
    fn announced(&self, word: &[u8]) -> Option<Range<usize>> {
        let end = self.word.end;
        let bearer = word.eq_ignore_ascii_case(b"bearer");
        let basic = word.eq_ignore_ascii_case(b"basic");
        if !bearer && !basic && word[0] != b'-' {
            return None;
        }
        if let Some(secret) = self.short_flag(word) {
            return Some(secret);
        }
        let start = end + self.blanks(end);
        if start == end || start == self.text.len() {
            return None;
        }
        let value = self.rest(start);
        if let Some(length) = values::quoted(value).filter(|_| bearer) {
            return (length > 2).then_some(start..start + length);
        }
        let length = values::unquoted(value);
        let next = &value[..length];
        if bearer {
            let prose = length < 16
                && next
                    .iter()
                    .all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii_alphanumeric());
            return (length > 0 && !prose).then_some(start..start + length);
        }
        if basic {
            let encoded = next
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte));
            let secret = length >= 8 && encoded && looks_random(next, Name::Secret);
            return secret.then_some(start..start + length);
        }
        if word.ends_with(b"-user") {
            return self.user(start);
        }
        let name = name_of(word)?;
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
        let port = joined.is_empty() && values::is_number(trimmed(&value[..length]));
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

    /// What stands before the last `@` of a URL whose `://` is here.
    fn url(&mut self, colon: usize) -> Option<Range<usize>> {
        let start = colon + 3;
        let run = self.run_of_url(start);
        let rest = &self.text[start..run.end];
        let authority = rest
            .iter()
            .position(|byte| b"/?#".contains(byte))
            .unwrap_or(rest.len());
        let host_only = self.is_host(colon, &rest[..authority], authority < rest.len());
        let cut = !self.whole && run.end == self.text.len();
        self.authority_end = start + authority;
        let short_at = rest[..authority].iter().rposition(|byte| *byte == b'@');
        if cut && !host_only {
            return Some(start..run.end);
        }
        let end = match run.last_at.filter(|last| *last > start) {
            None => return None,
            Some(_) if host_only => return None,
            // A `/` in what is before the `@` is a part of a password, if one was begun.
            Some(last) if rest[..authority].contains(&b':') => last,
            Some(_) => start + short_at?,
        };
        (end > start).then_some(start..end)
    }

    /// Whether an authority is surely a host and not the beginning of a user and a password with a
    /// slash in it.
    fn is_host(&self, colon: usize, authority: &[u8], ended: bool) -> bool {
        if !ended || authority.contains(&b'@') {
            return false;
        }
        let Some(port) = authority.iter().rposition(|byte| *byte == b':') else {
            return true;
        };
        let scheme = self.bytes(self.word.clone());
        let web = self.word.end == colon
            && ["http", "https", "ws", "wss"]
                .into_iter()
                .any(|web| scheme.eq_ignore_ascii_case(web.as_bytes()));
        let (host, port) = (&authority[..port], &authority[port + 1..]);
        let address = host.starts_with(b"[") && host.ends_with(b"]");
        (web || address) && port.len() <= 5 && port.iter().all(u8::is_ascii_digit)
    }

    /// `user:word` before the last `@`, as in `user:word@tcp(host:1)`.
    fn user_and_word(&mut self, at: usize) -> Option<Range<usize>> {
        const NEAR: usize = 256;
        if at < self.authority_end {
            return None;
        }
        let run = self.run(at + 1);
        let last = run
            .last_at
            .filter(|last| *last > at + 1 && self.text[at + 1] != b'@')?;
        let near = &self.text[at + 1..last.min(at + NEAR)];
        let has_user = self.word.end == at && !self.word.is_empty();
        let user = if has_user {
            self.word.clone()
        } else {
            at + 1..at + 1
        };
        let other = self.bytes(user.clone());
        let first_at = near
            .iter()
            .position(|byte| *byte == b'@')
            .unwrap_or(near.len());
        if names::contains(&near[..first_at], b"://")
            || other == b"jdbc"
            || other == b"mailto"
            || self.rest(last).starts_with(b"@sha256:")
        {
            return None;
        }
        Some(user.start..last)
    }

    /// `user/word` before `@//`, as the tools of Oracle write it.
    fn user_slash_word(&self, at: usize) -> Option<Range<usize>> {
        let place = self.rest(at).starts_with(b"@//") && self.word.end == at;
        (place && self.between() == b"/").then_some(self.before.start..at)
    }

    fn run(&mut self, start: usize) -> Run {
        if start >= self.run.end {
            self.run = self.run_until(start, |rest| b"\"<>`".contains(&rest[0]));
        }
        self.run
    }

    /// The run of a URL: a quote before its scheme is also its end.
    fn run_of_url(&mut self, start: usize) -> Run {
        let before = self
            .word
            .start
            .checked_sub(1)
            .map(|before| self.text[before]);
        let slashes = self.text[..self.word.start.saturating_sub(1)].last() == Some(&b'\\');
        match before {
            Some(b'\'') => self.run_until(start, |rest| b"\"'<>`".contains(&rest[0])),
            // Here `\"` is a part of what is quoted.
            Some(b'"') if !slashes => {
                let mut escaped = false;
                self.run_until(start, |rest| {
                    let ends = rest[0] == b'"' && !escaped || b"<>`".contains(&rest[0]);
                    escaped = rest[0] == b'\\' && !escaped;
                    ends
                })
            }
            _ => {
                let run = self.run(start);
                let rest = &self.text[start..run.end];
                let word = rest.iter().rposition(|byte| *byte == b':');
                // Quotes and angle brackets can be a part of a password that was begun.
                let begun = !rest.iter().any(|byte| b"/@".contains(byte))
                    && word.is_some_and(|colon| !rest[colon + 1..].iter().all(u8::is_ascii_digit));
                if !begun {
                    return run;
                }
                if start >= self.wide.end {
                    self.wide = self.run_until(start, |_| false);
                }
                if self.wide.last_at > Some(start) {
                    self.wide
                } else {
                    run
                }
            }
        }
    }

    fn run_until(&self, start: usize, mut ends: impl FnMut(&[u8]) -> bool) -> Run {
        let mut run = Run {
            end: start,
            last_at: None,
        };
        while run.end < self.text.len() {
            let rest = self.rest(run.end);
            let byte = rest[0];
            if ends(rest)
                || byte.is_ascii_whitespace()
                || byte.is_ascii_control()
                || ends_line(rest)
            {
                break;
            }
            if byte == b'@' {
                run.last_at = Some(run.end);
            }
            run.end += 1;
        }
        run
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

    /// The byte that is encoded here, and the length of its code.
    fn encoded(&self, at: usize) -> Option<(u8, usize)> {
        let rest = self.rest(at).strip_prefix(b"%")?;
        let nested = rest
            .chunks_exact(2)
            .take_while(|two| *two == b"25")
            .take(4)
            .count()
            * 2;
        let [high, low] = *rest.get(nested..nested + 2)? else {
            return None;
        };
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        Some((digit(high)? * 16 + digit(low)?, nested + 3))
    }

    /// Where two encoded slashes end.
    fn slashes(&self, at: usize) -> Option<usize> {
        let (first, length) = self.encoded(at)?;
        let (second, more) = self.encoded(at + length)?;
        (first == b'/' && second == b'/').then_some(at + length + more)
    }

    /// What stands before the last encoded `@` of an encoded URL.
    fn encoded_url(&mut self, start: usize) -> Option<Range<usize>> {
        if start < self.no_encoded_at {
            return None;
        }
        let mut at = start;
        let (mut colon, mut slash, mut last) = (false, false, None);
        while let Some(byte) = self.text.get(at) {
            if byte.is_ascii_whitespace() || b"&\"'<>`".contains(byte) || ends_line(self.rest(at)) {
                break;
            }
            let (byte, length) = self.encoded(at).unwrap_or((*byte, 1));
            match byte {
                b':' if !slash => colon = true,
                b'/' => slash = true,
                b'@' if !slash || colon => last = Some(at),
                _ => {}
            }
            at += length;
        }
        if !self.whole && at == self.text.len() && (colon || !slash) {
            return Some(start..at);
        }
        if last.is_none() {
            self.no_encoded_at = at;
        }
        last.filter(|last| *last > start).map(|last| start..last)
    }

    /// The value of a name, joined by so many bytes.
    fn pair(&mut self, at: usize, length: usize, joint: Joint) -> Option<Range<usize>> {
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

    /// What `SET PASSWORD FOR user = '..'` sets.
    fn sql_value(&self, at: usize, joint: Joint) -> Option<Range<usize>> {
        if joint != Joint::Equals || at > self.sql_until {
            return None;
        }
        let start = at + self.blanks(at);
        let length = values::quoted(self.rest(start))?;
        (length > 2).then_some(start..start + length)
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
    fn is_secret_key(&self, value: &[u8]) -> bool {
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
    fn value(&self, start: usize, name: Name, joint: Joint) -> Option<Range<usize>> {
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

    /// What is in the element that begins here, as in `<password>..</password>`.
    fn element(&self, at: usize) -> Option<Range<usize>> {
        let rest = self.rest(at + 1);
        let tag = rest
            .iter()
            .take(LONGEST)
            .position(|byte| b"<>\n".contains(byte))?;
        let name = rest[..tag]
            .split(|byte| is_blank(*byte))
            .next()
            .unwrap_or_default();
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        let element = local
            .first()
            .is_some_and(|byte| is_word(*byte))
            .then_some(local);
        let named = element
            .into_iter()
            .chain(attribute(&rest[..tag], b" name=\""))
            .chain(attribute(&rest[..tag], b" key=\""));
        // `<name>db.password</name><value>..`
        let value = matches!(local, b"value" | b"string") && self.is_named_before(at);
        let named = named.chain(value.then(|| self.bytes(self.before.clone())));
        let mut named = named.filter_map(name_of).filter(|name| *name != Name::Key);
        if rest[tag] != b'>' || named.next().is_none() || rest[..tag].ends_with(b"/") {
            return None;
        }
        let start = at + 1 + tag + 1;
        let value = self.rest(start);
        if let Some(data) = value.strip_prefix(b"<![CDATA[") {
            let end = data.windows(3).position(|window| window == b"]]>");
            return Some(start..end.map_or(self.text.len(), |end| start + 9 + end + 3));
        }
        let end = value.iter().position(|byte| *byte == b'<');
        let closed = end.is_some_and(|end| value[end..].starts_with(b"</"));
        let length = match end {
            Some(end) if closed => end,
            _ => values::unquoted(value),
        };
        (length > 0).then_some(start..start + length)
    }

    /// Whether an element that ends right before this one holds the name.
    fn is_named_before(&self, at: usize) -> bool {
        let word = self.bytes(self.word.clone());
        let end = self
            .text
            .get(self.word.end..at)
            .and_then(|gap| gap.strip_prefix(b">"));
        self.between() == b"</"
            && matches!(word, b"name" | b"key")
            && end.is_some_and(|gap| gap.trim_ascii().is_empty())
    }

    /// What is quoted directly behind the word, as in `PASSWORD '..'` and `Secret("..")`.
    fn said(&self, at: usize) -> Option<Range<usize>> {
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
        let start = at - usize::from(gap.ends_with(b"\\"));
        let length = values::quoted(self.rest(start)).filter(|length| said && *length > 2)?;
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

    fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.text[range]
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
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
fn before_quote(value: &[u8]) -> usize {
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
fn trimmed(value: &[u8]) -> &[u8] {
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

/// The value of an attribute of an element.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = tag.windows(name.len()).position(|window| window == name)? + name.len();
    tag[start..].split(|byte| *byte == b'"').next()
}
