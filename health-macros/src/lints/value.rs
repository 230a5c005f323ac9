use proc_macro2::{Group, Ident, Literal, TokenTree};
use quote::ToTokens;
use syn::Path;

use super::{all, refuse};
use crate::duration::{self, Fault};

pub(crate) fn not_a_value(key: &Ident, tokens: &[TokenTree]) -> syn::Error {
    let (what, example) = match key.to_string().as_str() {
        "name" => ("a text", "name = \"orders-database\""),
        "timeout" => (
            "a text with a unit, read at compile time",
            "timeout = \"2s\"",
        ),
        "interval" => (
            "a text with a unit, read at compile time",
            "interval = \"5s\"",
        ),
        "retry" => ("a text with a unit, read at compile time", "retry = \"1s\""),
        "fail_after" => ("a whole number of runs", "fail_after = 2"),
        "pass_after" => ("a whole number of runs", "pass_after = 1"),
        "ignores_errors" => (
            "a text that says why",
            "ignores_errors = \"the deadline is the check\"",
        ),
        _ => ("a path", "crate = my_crate::health_core"),
    };
    let message = format!("`{key}` is {what}: write `{example}`");
    match tokens {
        [] => refuse(key, message),
        [TokenTree::Punct(equals)] if equals.as_char() == '=' => refuse(key, message),
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            refuse(all(value), message)
        }
        tokens => refuse(all(tokens), message),
    }
}

pub(crate) fn bad_duration(
    key: &Ident,
    literal: &Literal,
    text: &str,
    fault: &Fault,
) -> syn::Error {
    let units = "`ms`, `s`, `m`, `h` and `d`";
    let message = match fault {
        Fault::NotADuration => format!(
            "{} is not a duration: write whole numbers with units, as in `500ms`, `2s` or `1m30s`",
            if text.is_empty() { "an empty text".into() } else { format!("`{text}`") }
        ),
        Fault::NoUnit { number } => {
            format!("`{number}` has no unit: write `{number}s` for seconds or `{number}ms` for milliseconds")
        }
        Fault::UnknownUnit { number, unit } => match duration::meant(unit) {
            Some(meant) => format!("there is no unit `{unit}`: write `{number}{meant}`"),
            None => format!("there is no unit `{unit}`: the units are {units}"),
        },
        Fault::Fraction { whole: Some(whole) } => {
            format!("a duration has whole numbers: write `\"{}\"`", duration::written(*whole))
        }
        Fault::Fraction { whole: None } => {
            "a duration has whole numbers, the smallest is `1ms`: write `1s500ms` for one and a half seconds".into()
        }
        Fault::Spaces { without } => format!("a duration has no spaces: write `\"{without}\"`"),
        Fault::Order => {
            "the parts of a duration go from long to short, each unit once: write `1m30s`".into()
        }
        Fault::Zero => match key.to_string().as_str() {
            "timeout" => "a timeout of zero fails every run: write the longest time a run may take, such as `\"2s\"`".into(),
            _ => format!("`{key}` is zero, and a check cannot run all the time: write a pause such as `\"1s\"`"),
        },
        Fault::TooLong => format!("`{text}` is longer than 365 days: write a shorter `{key}`"),
    };
    refuse(literal, message)
}

pub(crate) fn count_of_zero(key: &Ident, literal: &Literal) -> syn::Error {
    let verdict = if key == "fail_after" {
        "falls"
    } else {
        "rises"
    };
    refuse(
        literal,
        format!(
            "`{key}` is the number of runs after which the verdict {verdict}: it is at least 1"
        ),
    )
}

pub(crate) fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    name.len() <= 63
        && letters
            .next()
            .is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

pub(crate) fn bad_name(place: impl ToTokens, name: &str) -> syn::Error {
    let message = if name.len() > 63 {
        format!(
            "a name has at most 63 bytes and this has {}: write a shorter `name = \"..\"`",
            name.len()
        )
    } else {
        let like = like(name).unwrap_or_else(|| "orders-database".into());
        format!(
            "`{name}` cannot be a name, since names stand in URLs and metrics (a to z first, then also 0 to 9, `_` and `-`): write `name = \"{like}\"`"
        )
    };
    refuse(place, message)
}

/// A name that looks the same.
fn like(name: &str) -> Option<String> {
    let mut like = String::new();
    let mut before = '-';
    for letter in name.chars() {
        let begins_word = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        let fits = letter.is_ascii_alphanumeric() || letter == '_';
        if (begins_word || !fits) && !like.ends_with('-') {
            like.push('-');
        }
        if fits {
            like.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    let like = like.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let like = like.trim_end_matches('-');
    is_name(like).then(|| like.into())
}

pub(crate) fn no_reason(literal: &Literal) -> syn::Error {
    refuse(
        literal,
        "the reason is empty: say why this check may ignore its errors, so that a reviewer can judge it",
    )
}

pub(crate) fn not_a_list(key: &Ident, tokens: &[TokenTree]) -> syn::Error {
    let message = "`needed_by` is a list of features: write `needed_by(SEARCH)`";
    match tokens {
        [] => refuse(key, message),
        tokens => refuse(all(tokens), message),
    }
}

pub(crate) fn no_feature(list: &Group) -> syn::Error {
    refuse(
        list,
        "`needed_by` names no feature: write one, as in `needed_by(SEARCH)`, or remove the option",
    )
}

pub(crate) fn not_a_feature(tokens: &[TokenTree]) -> syn::Error {
    refuse(
        all(tokens),
        "a feature is named by its constant, so that a typo does not compile: write `const SEARCH: Feature = Feature::new(\"search\");` and `needed_by(SEARCH)`",
    )
}

pub(crate) fn feature_twice(feature: &Path) -> syn::Error {
    let written = feature.to_token_stream().to_string().replace(' ', "");
    refuse(
        feature,
        format!("`{written}` is listed twice: remove one of them"),
    )
}
