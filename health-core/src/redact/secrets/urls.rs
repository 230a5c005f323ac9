use std::ops::Range;

use super::Scan;
use crate::redact::names;
use crate::redact::values::ends_line;

/// What has been looked at ahead: no blank, line end or double quote is before `end`.
#[derive(Clone, Copy, Default)]
pub(super) struct Run {
    end: usize,
    last_at: Option<usize>,
}

/// What stands before the `@` of an address.
impl Scan<'_> {
    /// What stands before the last `@` of a URL whose `://` is here.
    pub(super) fn url(&mut self, colon: usize) -> Option<Range<usize>> {
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
    pub(super) fn user_and_word(&mut self, at: usize) -> Option<Range<usize>> {
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
    pub(super) fn user_slash_word(&self, at: usize) -> Option<Range<usize>> {
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

    /// What stands before the last encoded `@` of an encoded URL.
    pub(super) fn encoded_url(&mut self, start: usize) -> Option<Range<usize>> {
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

    /// The byte that is encoded here, and the length of its code.
    pub(super) fn encoded(&self, at: usize) -> Option<(u8, usize)> {
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
    pub(super) fn slashes(&self, at: usize) -> Option<usize> {
        let (first, length) = self.encoded(at)?;
        let (second, more) = self.encoded(at + length)?;
        (first == b'/' && second == b'/').then_some(at + length + more)
    }
}
