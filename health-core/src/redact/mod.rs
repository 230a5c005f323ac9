//! Makes an error's text fit to be shown to the people who run the service, and to be logged.

mod names;
mod plain;
mod secrets;
mod values;

use std::sync::Arc;

use crate::visible::write_visible;
use plain::is_plain;
use secrets::secrets;
use values::MASK;

/// Masks what looks like a credential, escapes what acts instead of being seen, and cuts what is
/// longer than 1 KiB. The result is one line, and stays the same if it is redacted again.
///
/// Rather masks too much than too little, but leaves prose alone: the word that tells the cause is
/// worth more than a secret that is a word of the language. A secret that nothing in the text calls
/// one is not found:
///
/// - a random word alone, and a token of a maker that is not listed in `names`;
/// - behind a name and a blank, a password without a digit (`PASS swordfish`), and behind a name, a
///   colon and a blank, one without a digit or a capital letter, unless it is all of a line;
/// - the rest of a password behind a blank in it, unless it is quoted;
/// - what is encoded as Base64, and names in other languages than English.
///
/// Takes time linear in the text, of which at most 4 KiB are read.
pub(crate) fn redacted(text: &str) -> Arc<str> {
    if beginning(text).is_some_and(is_plain) {
        if text.len() <= SHOWN {
            return text.into();
        }
        return [cut(text, SHOWN - ELLIPSIS.len()), ELLIPSIS]
            .concat()
            .into();
    }
    let Some(mut shown) = once(text) else {
        return text.into();
    };
    // A mask can bring together what was apart, so it is looked at again until nothing is found.
    for _ in 0..ROUNDS {
        match once(&shown) {
            None => return shown.into(),
            Some(next) => shown = next,
        }
    }
    MASK.into()
}

/// No more than this is read, in bytes.
const READ: usize = 4 * 1024;

/// No more than this is shown, in bytes.
const SHOWN: usize = 1024;

/// So much of a piece is more than can be shown.
const MORE: usize = SHOWN + 4;

const ELLIPSIS: &str = "…";

/// Only a text that is made for it takes more than two.
const ROUNDS: usize = 8;

/// What decides over the bytes that are shown: they and the rest of their last word. `None` if the
/// end of that word has not been read.
fn beginning(text: &str) -> Option<&[u8]> {
    if text.len() <= SHOWN {
        return Some(text.as_bytes());
    }
    let read = cut(text, READ).as_bytes();
    let end = read[SHOWN..].iter().position(u8::is_ascii_whitespace);
    match end {
        Some(more) => Some(&read[..SHOWN + more]),
        None => (read.len() == text.len()).then_some(read),
    }
}

/// Returns `None` if the text can be shown as it is.
fn once(text: &str) -> Option<String> {
    let read = cut(text, READ);
    let mut shown = String::with_capacity(text.len().min(SHOWN) + 64);
    let mut from = 0;
    for secret in secrets(read, read.len() == text.len(), SHOWN) {
        if shown.len() > SHOWN {
            break;
        }
        push_visible(cut(&read[from..secret.start], MORE), &mut shown);
        shown.push_str(MASK);
        from = secret.end;
    }
    push_visible(cut(&read[from..], MORE), &mut shown);
    if read.len() < text.len() || shown.len() > SHOWN {
        shown.truncate(cut(&shown, SHOWN - ELLIPSIS.len()).len());
        shown.push_str(ELLIPSIS);
    }
    (shown != text).then_some(shown)
}

fn push_visible(text: &str, out: &mut String) {
    let before = out.chars().next_back();
    write_visible(out, text, before, |_| false).expect("a string takes everything");
}

/// The longest beginning of at most so many bytes that does not split a character.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;
