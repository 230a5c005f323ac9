use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;

use super::{all, refuse};
use crate::args::{CLASSES, OPTIONS};
use crate::nearest::nearest;

const EXAMPLE: &str = "`#[health_check(critical, timeout = \"2s\")]`";

pub(crate) fn stray_comma(comma: &TokenTree) -> syn::Error {
    refuse(comma, "nothing stands before this comma: remove it")
}

pub(crate) fn missing_comma(next: &TokenTree) -> syn::Error {
    refuse(
        next,
        format!("options are separated by commas: write `, {next}`"),
    )
}

pub(crate) fn not_an_option(tokens: &[TokenTree]) -> syn::Error {
    let message = match quoted_class(&tokens[0]) {
        Some(class) => format!("a class has no quotes: write `{class}`"),
        None => format!("this is not an option: write a class and options, as in {EXAMPLE}"),
    };
    refuse(all(tokens), message)
}

pub(crate) fn quoted_class(token: &TokenTree) -> Option<&'static str> {
    let word = token.to_string();
    CLASSES
        .into_iter()
        .find(|class| word == format!("\"{class}\""))
}

/// The `critical` of `Class::Critical`, of which `Class` was read already.
pub(crate) fn class_in_a_path(after: &[TokenTree]) -> Option<&'static str> {
    match after {
        [TokenTree::Punct(colon), .., TokenTree::Ident(last)] if colon.as_char() == ':' => {
            if !matches!(&after[1], TokenTree::Punct(colon) if colon.as_char() == ':') {
                return None;
            }
            let last = last.to_string().to_lowercase();
            CLASSES.into_iter().find(|class| *class == last)
        }
        _ => None,
    }
}

pub(crate) fn class_as_a_path(key: &Ident, after: &[TokenTree], class: &str) -> syn::Error {
    let mut path = key.to_token_stream();
    path.extend(all(after));
    refuse(path, format!("a class is one word: write `{class}`"))
}

/// What others write in front of the class.
pub(crate) fn means_class(key: &Ident) -> bool {
    const WORDS: [&str; 5] = ["class", "kind", "type", "severity", "probe"];
    WORDS.contains(&&*key.to_string().to_lowercase())
}

/// A word without a value is taken for a class, since every option has one.
pub(crate) fn unknown_class(word: &Ident) -> syn::Error {
    let written = word.to_string();
    let message = match (other_word(&written), nearest(&written, &CLASSES)) {
        (Some(hint), _) => format!("unknown class `{written}`: {hint}"),
        (_, Some(near)) => format!("unknown class `{written}`, did you mean `{near}`?"),
        _ => format!("unknown class `{written}`: write one of {}", list(&CLASSES)),
    };
    refuse(word, message)
}

pub(crate) fn unknown_option(key: &Ident) -> syn::Error {
    let word = key.to_string();
    let words = [&OPTIONS[..], &CLASSES[..]].concat();
    let message = match (other_word(&word), nearest(&word, &words)) {
        (Some(hint), _) => format!("unknown option `{word}`: {hint}"),
        (_, Some(near)) => format!("unknown option `{word}`, did you mean `{near}`?"),
        _ => format!(
            "unknown option `{word}`: the options are {}",
            list(&OPTIONS)
        ),
    };
    refuse(key, message)
}

/// What other systems call the same.
fn other_word(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "class" | "kind" | "type" | "severity" | "probe" => {
            "the class stands alone, so write just `critical`, `degraded`, `startup` or `liveness`"
        }
        "readiness" | "ready" => {
            "write `critical` if nothing can be served without this, or `degraded` if the service is then only worse"
        }
        "live" | "alive" => "did you mean `liveness`?",
        "required" | "hard" | "fatal" => "did you mean `critical`?",
        "optional" | "soft" | "warning" | "noncritical" | "non_critical" => {
            "did you mean `degraded`?"
        }
        "every" | "period" | "frequency" | "each" => "did you mean `interval`?",
        "deadline" | "limit" | "max" => "did you mean `timeout`?",
        "retries" | "threshold" | "failures" | "failure_threshold" | "unhealthy_threshold" => {
            "did you mean `fail_after`?"
        }
        "successes" | "success_threshold" | "healthy_threshold" => "did you mean `pass_after`?",
        "feature" | "features" | "tag" | "tags" | "group" | "groups" | "needs" => {
            "did you mean `needed_by`?"
        }
        "id" | "label" | "title" => "did you mean `name`?",
        "description" | "desc" | "doc" | "about" | "help" => {
            "the doc comment of the function is its description, so write `/// ..` above the function"
        }
        "krate" | "path" => "did you mean `crate`?",
        "blocking" => {
            "an `async fn` is awaited and a plain `fn` gets a thread, so nothing is to be said"
        }
        _ => return None,
    })
}

pub(crate) fn option_twice(key: &Ident) -> syn::Error {
    refuse(key, format!("`{key}` is written twice: remove one of them"))
}

pub(crate) fn second_class(key: &Ident, first: &Ident) -> syn::Error {
    refuse(
        key,
        format!("a check has one class, and `{first}` is written already: remove one of them"),
    )
}

pub(crate) fn class_with_a_value(key: &Ident, value: &[TokenTree]) -> syn::Error {
    let message = match &value[0] {
        TokenTree::Punct(sign) if !"=:".contains(sign.as_char()) => {
            format!("a class stands alone, and options follow behind a comma: write `{key}, ..`")
        }
        _ => format!("a class has no value: write `{key}` alone"),
    };
    refuse(all(value), message)
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
