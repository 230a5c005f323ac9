use proc_macro2::{Group, Ident, Literal, TokenTree};
use quote::ToTokens;
use syn::Path;

use super::{all, refuse, written};
use crate::duration::{self, Fault};

pub(crate) fn not_a_value(key: &Ident, tokens: &[TokenTree]) -> syn::Error {
    let value = match tokens {
        [TokenTree::Punct(sign), value @ ..] if "=:".contains(sign.as_char()) => value,
        tokens => tokens,
    };
    let (what, like) = match key.to_string().as_str() {
        "name" => ("a string", name_like(value)),
        "timeout" => return not_a_duration(key, value, "2s"),
        "interval" => return not_a_duration(key, value, "5s"),
        "retry" => return not_a_duration(key, value, "1s"),
        "fail_after" => ("a whole number of runs", count_like(value, "2")),
        "pass_after" => ("a whole number of runs", count_like(value, "1")),
        "ignores_errors" => (
            "a string that says why",
            "\"the deadline is the check\"".into(),
        ),
        _ => ("a path", path_like(value)),
    };
    at_the_value(
        key,
        value,
        format!("`{key}` is {what}: write `{key} = {like}`"),
    )
}

fn not_a_duration(key: &Ident, value: &[TokenTree], example: &str) -> syn::Error {
    let like = match duration_like(value) {
        Some(meant) => format!(": write `{key} = \"{meant}\"`"),
        None => format!(", such as `\"{example}\"`"),
    };
    let message = format!("`{key}` is a string with a unit, read at compile time{like}");
    at_the_value(key, value, message)
}

fn at_the_value(key: &Ident, value: &[TokenTree], message: String) -> syn::Error {
    match value {
        [] => refuse(key, message),
        value => refuse(all(value), message),
    }
}

/// `orders` and `'orders'` as they would be right.
fn name_like(value: &[TokenTree]) -> String {
    let text = all(value).to_string();
    let name = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let name = like(name).unwrap_or_else(|| "orders-database".into());
    format!("\"{name}\"")
}

/// `2`, `2s`, `("2s")` and `Duration::from_secs(2)` as they would be right.
fn duration_like(value: &[TokenTree]) -> Option<String> {
    let text = match value {
        [.., TokenTree::Ident(unit), TokenTree::Group(number)] => {
            let number: syn::LitInt = syn::parse2(number.stream()).ok()?;
            let unit = duration::meant(unit.to_string().strip_prefix("from_")?)?;
            format!("{}{unit}", number.base10_digits())
        }
        value => all(value).to_string(),
    };
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let seconds = format!("{text}s");
    let meant = [text, &seconds]
        .into_iter()
        .find_map(|text| duration::parse(text).ok());
    meant.map(duration::written)
}

/// `"3"` as it would be right.
fn count_like(value: &[TokenTree], example: &str) -> String {
    let text = all(value).to_string();
    match text.trim_matches('"').parse() {
        Ok(count @ 1_u32..) => count.to_string(),
        _ => example.into(),
    }
}

/// `"my::path"` as it would be right.
fn path_like(value: &[TokenTree]) -> String {
    let text = all(value).to_string();
    match syn::parse_str::<Path>(text.trim_matches('"')) {
        Ok(path) => written(path),
        Err(_) => "my_crate::health_core".into(),
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
            if text.is_empty() { "an empty string".into() } else { format!("`{text}`") }
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
            "`{key}` is the number of runs after which the verdict {verdict}: write at least 1"
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
    let written = written(feature);
    refuse(
        feature,
        format!("`{written}` is listed twice: remove one of them"),
    )
}
