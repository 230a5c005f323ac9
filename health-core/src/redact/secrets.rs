use std::ops::Range;

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
            _ => (None, at + 1),
        }
    }

    /// A secret that begins with this word, or is announced by it.
    fn at_word(&self) -> Option<Range<usize>> {
        let Range { start, end } = self.word;
        let word = self.bytes(self.word.clone());
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
        self.announced(word, end)
    }

    /// The word behind `Bearer`, `Basic` or a flag.
    fn announced(&self, word: &[u8], end: usize) -> Option<Range<usize>> {
        let scheme = [&b"bearer"[..], b"basic"]
            .into_iter()
            .any(|scheme| word.eq_ignore_ascii_case(scheme));
        if !scheme && word[0] != b'-' {
            return None;
        }
        let start = end
            + self
                .rest(end)
                .iter()
                .take_while(|byte| is_blank(**byte))
                .count();
        if start == end || start == self.text.len() {
            return None;
        }
        let value = self.rest(start);
        let length = values::unquoted(value);
        let next = &value[..length];
        if word.eq_ignore_ascii_case(b"bearer") {
            let prose = length < 16
                && next
                    .iter()
                    .all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii_alphanumeric());
            return (length > 0 && !prose).then_some(start..start + length);
        }
        if word.eq_ignore_ascii_case(b"basic") {
            let encoded = next
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte));
            let secret = length >= 8 && encoded && looks_random(next, Name::Secret);
            return secret.then_some(start..start + length);
        }
        let name = name_of(word)?;
        let flag = word.starts_with(b"--") || name == Name::Password;
        if !flag || value[0] == b'-' || names::is_prose(next) {
            return None;
        }
        self.value(start, name, Joint::Equals)
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
        let path = rest.first() == Some(&b':') || at > 0 && self.text[at - 1] == b':';
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
        let (name, bare) = self.name(at, joint)?;
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
        start += self
            .rest(start)
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count();
        if start == self.text.len() {
            return None;
        }
        let header = matches!(name, Name::Authorization | Name::Cookie) && joint != Joint::Equals;
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
        if name == Name::Key && self.names_or_finds(start, bare && joint == Joint::ColonBlank) {
            return None;
        }
        self.value(start, name, joint)
    }

    /// What the word before a joint names, and whether it stands there without quotes.
    fn name(&self, at: usize, joint: Joint) -> Option<(Name, bool)> {
        let gap = self.text.get(self.word.end..at)?;
        let marks = gap.len() <= 16
            && gap.iter().all(|byte| {
                is_blank(*byte) || b"\"'`\\]:".contains(byte) || b"%2257Dd".contains(byte)
            });
        let word = self.bytes(self.word.clone());
        if !marks || word.is_empty() || joint != Joint::Equals && names::is_file(word) {
            return None;
        }
        let bare = gap.is_empty()
            && self.before.end < self.word.start
            && self.bytes(self.before.end..self.word.start) == b" ";
        if let Some(name) = name_of(word) {
            return Some((name, bare));
        }
        // `name: DB_PASSWORD, value: ..`
        let between = self.bytes(self.before.end..self.word.start);
        let named = word.eq_ignore_ascii_case(b"value")
            && between.len() <= 24
            && (between != b" " || joint == Joint::Equals);
        let name = named
            .then(|| name_of(self.bytes(self.before.clone())))
            .flatten()?;
        Some((name, false))
    }

    /// Whether the value of the bare word "key" is itself the name of a secret, or in prose a name.
    fn names_or_finds(&self, start: usize, prose: bool) -> bool {
        let rest = self.rest(start);
        let Some(length) = values::quoted(rest) else {
            return false;
        };
        let value = rest[..length].trim_ascii();
        let inner: &[u8] = value.get(1..length.saturating_sub(1)).unwrap_or_default();
        name_of(inner).is_some() || prose && !looks_random(inner, Name::Key)
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
        // `Some("..")`, `b".."`
        let inside = rest
            .iter()
            .take(48)
            .take_while(|byte| is_word(**byte) || b"(:&#".contains(byte))
            .count();
        for inner in [0, inside] {
            if rest[inner..].starts_with(MASK.as_bytes()) {
                return Some(start + inner..start + inner + MASK.len());
            }
            let Some(length) = values::quoted(&rest[inner..]) else {
                continue;
            };
            let wrapper = rest[..inner].strip_suffix(b"b").unwrap_or(&rest[..inner]);
            let glued = wrapper.last().is_none_or(|byte| b"(&#".contains(byte));
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
        let port = is_port(value) && name != Name::Password;
        let header = self
            .bytes(self.word.clone())
            .get(..2)
            .is_some_and(|two| two.eq_ignore_ascii_case(b"x-"));
        let secret = cut
            || length > value.len()
            || match joint {
                Joint::Equals => true,
                Joint::Colon => !port,
                Joint::ColonBlank => header && !port || looks_random(trimmed(value), name),
            };
        secret.then_some(start..start + length)
    }

    /// What is in the element that begins here, as in `<password>..</password>`.
    fn element(&self, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 256;
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
            .chain(attribute(&rest[..tag], b" name=\""));
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

    /// What is quoted directly behind the word, as in `PASSWORD '..'` and `Secret("..")`.
    fn said(&self, at: usize) -> Option<Range<usize>> {
        let gap = self.text.get(self.word.end..at)?;
        let word = self.bytes(self.word.clone());
        let said = match gap {
            b"(" | b"(\\" => name_of(word).is_some_and(|name| name != Name::Key),
            b" " | b"  " | b" \\" => {
                let identified = word.eq_ignore_ascii_case(b"by")
                    && self
                        .bytes(self.before.clone())
                        .eq_ignore_ascii_case(b"identified");
                identified || name_of(word) == Some(Name::Password)
            }
            // `("x-api-key", "..")`
            b"\", " | b"', " | b"\"," | b"'," => match name_of(word) {
                Some(Name::Authorization | Name::Cookie) => true,
                name => name.is_some() && word.contains(&b'-'),
            },
            _ => false,
        };
        let start = at - usize::from(gap.ends_with(b"\\"));
        let length = values::quoted(self.rest(start)).filter(|_| said)?;
        (length > 2).then_some(start..start + length)
    }

    fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.text[range]
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
    }
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
