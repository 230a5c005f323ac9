use std::time::Duration;

use proc_macro2::{Group, Ident, Literal, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

use super::attribute::DEFAULT_INTERVAL;
use super::{all, refuse, written};
use crate::duration::{self, Fault};
use crate::words::{Around, Class};

pub(crate) fn not_a_value(key: &Ident, tokens: &[TokenTree]) -> syn::Error {
    let value = without_sign(tokens);
    let (what, like) = match key.to_string().as_str() {
        "name" => ("a string", name_like(value)),
        "fail_after" => ("a whole number of runs", count_like(value, "2")),
        "pass_after" => ("a whole number of runs", count_like(value, "1")),
        "ignores_errors" => (
            "a string that says why",
            "\"the deadline is the check\"".into(),
        ),
        "local" => (
            "a string that says why",
            "\"it asks its own listener\"".into(),
        ),
        _ => ("a path", path_like(value)),
    };
    at_the_value(
        key,
        value,
        format!("`{key}` is {what}: write `{key} = {like}`"),
    )
}

pub(crate) fn not_a_duration(key: &Ident, tokens: &[TokenTree], around: &Around) -> syn::Error {
    let value = without_sign(tokens);
    let option = key.to_string();
    let message = match (duration_like(value), number(value)) {
        (Some(meant), _) => format!(
            "`{key}` is a string with a unit, read at compile time: write `{}`",
            with_interval(&option, &meant, around)
        ),
        (None, Some(number)) => unitless(&option, &number, around),
        (None, None) => format!(
            "`{key}` is a string with a unit, read at compile time, such as `\"{}\"`",
            example(&option, around)
        ),
    };
    at_the_value(key, value, message)
}

fn without_sign(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [TokenTree::Punct(sign), value @ ..] if "=:".contains(sign.as_char()) => value,
        tokens => tokens,
    }
}

fn at_the_value(key: &Ident, value: &[TokenTree], message: String) -> syn::Error {
    match value {
        [] => refuse(key, message),
        value => refuse(all(value), message),
    }
}

/// A duration that fits what else is written.
fn example(option: &str, around: &Around) -> String {
    let interval = around.interval.unwrap_or(DEFAULT_INTERVAL);
    let seconds = Duration::from_secs;
    duration::written(match option {
        "timeout" => interval.min(seconds(2)),
        "retry" => interval.min(seconds(1)),
        _ => {
            let least = around.timeout.max(around.retry);
            least.unwrap_or_default().max(seconds(5))
        }
    })
}

/// `500` might be seconds or milliseconds, and nobody but the author knows.
pub(super) fn unitless(option: &str, number: &str, around: &Around) -> String {
    if number.bytes().all(|digit| digit == b'0') {
        return zero(option, around);
    }
    let written = |unit| format!("{number}{unit}");
    let (millis, seconds) = (written("ms"), written("s"));
    let right =
        |text: &str| duration::parse(text).is_ok_and(|duration| fits(option, duration, around));
    match (right(&seconds), right(&millis)) {
        (true, true) => format!(
            "`{number}` has no unit: write `{option} = \"{seconds}\"` for seconds or `{option} = \"{millis}\"` for milliseconds"
        ),
        (false, true) => format!(
            "`{number}` has no unit: write `{option} = \"{millis}\"` for milliseconds; {}",
            match option {
                "interval" => "as seconds it would be too long".into(),
                option => format!("as seconds the {option} would be longer than the interval"),
            }
        ),
        (true, false) => format!("`{number}` has no unit: write `{option} = \"{seconds}\"`"),
        (false, false) if duration::parse(&millis).is_ok() => format!(
            "`{number}` has no unit: write `{}` for milliseconds or `{}` for seconds",
            with_interval(option, &millis, around),
            with_interval(option, &seconds, around)
        ),
        (false, false) => format!(
            "`{number}` has no unit, and the units are {UNITS}: write such as `{option} = \"{}\"`",
            example(option, around)
        ),
    }
}

/// Whether it is no mistake beside what else is written.
fn fits(option: &str, duration: Duration, around: &Around) -> bool {
    if around.class == Some(Class::Startup) {
        return true;
    }
    match option {
        "interval" => {
            let longest = around.timeout.max(around.retry);
            longest.is_none_or(|longest| longest <= duration)
        }
        _ => duration <= around.interval.unwrap_or(DEFAULT_INTERVAL),
    }
}

/// `timeout = "60s"`, with the interval that it needs.
pub(super) fn with_interval(option: &str, text: &str, around: &Around) -> String {
    let fits = duration::parse(text).is_ok_and(|duration| fits(option, duration, around));
    if fits || option == "interval" {
        format!("{option} = \"{text}\"")
    } else {
        format!("{option} = \"{text}\", interval = \"{text}\"")
    }
}

/// `orders` and `'orders'` as they would be right.
fn name_like(value: &[TokenTree]) -> String {
    let text = all(value).to_string();
    let name = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let name = like(name).unwrap_or_else(|| "orders-database".into());
    format!("\"{name}\"")
}

/// `2s`, `("2s")`, `Duration::from_secs(2)` and `2.seconds()` as they would be right.
fn duration_like(value: &[TokenTree]) -> Option<String> {
    let text = match value {
        [.., TokenTree::Ident(unit), TokenTree::Group(number)] if !number.stream().is_empty() => {
            let inside: Vec<_> = number.stream().into_iter().collect();
            format!("{}{}", self::number(&inside)?, unit_of(unit)?)
        }
        [
            number @ TokenTree::Literal(_),
            TokenTree::Punct(dot),
            TokenTree::Ident(unit),
            ..,
        ] if dot.as_char() == '.' => {
            format!(
                "{}{}",
                self::number(std::slice::from_ref(number))?,
                unit_of(unit)?
            )
        }
        value => all(value).to_string().replace([' ', '_'], ""),
    };
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    match duration::parse(text) {
        Ok(_) => Some(text.into()),
        Err(Fault::Fraction { whole: Some(whole) }) => Some(duration::written(whole)),
        Err(Fault::NoUnit { .. }) => None,
        Err(_) => fraction_of_seconds(text).or_else(|| duration::with_known_units(text)),
    }
}

/// `1.5`, since nobody means one and a half milliseconds.
fn fraction_of_seconds(text: &str) -> Option<String> {
    match duration::parse(&format!("{text}s")) {
        Err(Fault::Fraction { whole: Some(whole) }) => Some(duration::written(whole)),
        _ => None,
    }
}

/// The `ms` of `from_millis`.
fn unit_of(function: &Ident) -> Option<&'static str> {
    let function = function.to_string();
    duration::meant(function.strip_prefix("from_").unwrap_or(&function))
}

/// The `500` of `500`, `(500)`, `500u64` and `1_000`.
pub(super) fn number(value: &[TokenTree]) -> Option<String> {
    match without_sign(value) {
        [TokenTree::Group(inside)] => number(&inside.stream().into_iter().collect::<Vec<_>>()),
        [TokenTree::Literal(literal)] => {
            let tokens = literal.to_token_stream();
            if let Ok(text) = syn::parse2::<syn::LitStr>(tokens.clone()) {
                let digits = text.value();
                let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                return is_number.then_some(digits);
            }
            if let Ok(float) = syn::parse2::<syn::LitFloat>(tokens.clone()) {
                let whole = float.base10_digits().strip_suffix(".0");
                let whole = whole.or(float.base10_digits().strip_suffix('.'));
                return whole.map(Into::into);
            }
            let number = syn::parse2::<syn::LitInt>(tokens).ok()?;
            let is_a_unit = duration::meant(number.suffix()).is_some();
            (!is_a_unit).then(|| number.base10_digits().into())
        }
        _ => None,
    }
}

/// The text of a value that is one string.
pub(super) fn text(value: &[TokenTree]) -> Option<String> {
    match value {
        [literal] => text_of(literal),
        _ => None,
    }
}

pub(super) fn text_of(token: &TokenTree) -> Option<String> {
    let text: syn::LitStr = syn::parse2(token.to_token_stream()).ok()?;
    Some(text.value())
}

/// `"3"`, `3u32`, `3.0` and `(3)` as they would be right.
fn count_like(value: &[TokenTree], example: &str) -> String {
    match number(value).map(|number| number.parse()) {
        Some(Ok(count @ 1_u32..)) => count.to_string(),
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

const UNITS: &str = "`ms`, `s`, `m`, `h` and `d`";

pub(crate) fn bad_duration(
    key: &Ident,
    literal: &Literal,
    text: &str,
    fault: &Fault,
    around: &Around,
) -> syn::Error {
    let option = key.to_string();
    let example = example(&option, around);
    let with_interval = |text: &str| with_interval(&option, text, around);
    let message = match fault {
        Fault::NotADuration => match duration::with_known_units(&without_signs(text)) {
            Some(meant) => format!(
                "`{text}` is not a duration: write `{}`",
                with_interval(&meant)
            ),
            None => format!(
                "{} is not a duration: write whole numbers with units, such as `{option} = \"{example}\"`",
                if text.is_empty() {
                    "an empty string".into()
                } else {
                    format!("`{text}`")
                }
            ),
        },
        Fault::NoUnit { .. } => unitless(&option, text, around),
        Fault::UnknownUnit { unit, .. } => match duration::with_known_units(&without_signs(text)) {
            Some(meant) => {
                format!(
                    "there is no unit `{unit}`: write `{}`",
                    with_interval(&meant)
                )
            }
            None => format!(
                "there is no unit `{unit}`: the units are {UNITS}, as in `{option} = \"{example}\"`"
            ),
        },
        Fault::Fraction { whole: Some(whole) } => format!(
            "a duration has whole numbers: write `{}`",
            with_interval(&duration::written(*whole))
        ),
        Fault::Fraction { whole: None } => {
            format!(
                "a duration has whole numbers, the smallest is `1ms`: write such as `{option} = \"{example}\"`"
            )
        }
        Fault::Spaces { without } => {
            format!(
                "a duration has no spaces: write `{}`",
                with_interval(without)
            )
        }
        Fault::Order {
            sorted: Some(sorted),
        } => format!(
            "the parts of a duration go from long to short: write `{}`",
            with_interval(&duration::written(*sorted))
        ),
        Fault::Order { sorted: None } => {
            format!(
                "a duration has each unit once, from long to short: write such as `{option} = \"{example}\"`"
            )
        }
        Fault::Zero => zero(&option, around),
        Fault::TooLong => format!(
            "`{text}` is longer than 365 days: write a shorter one, such as `{option} = \"{example}\"`"
        ),
    };
    refuse(literal, message)
}

fn zero(option: &str, around: &Around) -> String {
    let example = example(option, around);
    match option {
        "timeout" => format!(
            "a timeout of zero fails every run: write the longest time that a run may take, such as `timeout = \"{example}\"`"
        ),
        _ => format!(
            "`{option}` is zero, and a check cannot run all the time: write a pause such as `{option} = \"{example}\"`"
        ),
    }
}

/// `+2s`, `~2s`; not `-2s`, which might be anything.
fn without_signs(text: &str) -> String {
    text.trim_start_matches(['+', '~', '<', '='])
        .replace(['_', ' '], "")
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
            "`{key}` is the number of runs after which the verdict {verdict}: write at least `{key} = 1`"
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
            "a name has at most 63 bytes and this has {}: write a shorter one, such as `name = \"orders-database\"`",
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
    let name = in_ascii(name)?;
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

/// `größe` as `groesse`; of other letters nobody here knows how they are written.
fn in_ascii(name: &str) -> Option<String> {
    let mut ascii = String::new();
    for letter in name.chars() {
        match letter.to_lowercase().next()? {
            'ä' | 'æ' => ascii.push_str("ae"),
            'ö' | 'œ' => ascii.push_str("oe"),
            'ü' => ascii.push_str("ue"),
            'ß' => ascii.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' | 'å' => ascii.push('a'),
            'é' | 'è' | 'ê' | 'ë' => ascii.push('e'),
            'í' | 'ì' | 'î' | 'ï' => ascii.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' => ascii.push('o'),
            'ú' | 'ù' | 'û' => ascii.push('u'),
            'ç' => ascii.push('c'),
            'ñ' => ascii.push('n'),
            other if other.is_alphabetic() && !other.is_ascii() => return None,
            _ => ascii.push(letter),
        }
    }
    Some(ascii)
}

pub(crate) fn no_reason(literal: &Literal) -> syn::Error {
    refuse(
        literal,
        "the reason is empty: say why that is meant, so that a reviewer can judge it",
    )
}

pub(crate) fn not_a_list(key: &Ident, tokens: &[TokenTree]) -> syn::Error {
    let list = list_like(tokens).unwrap_or_else(|| "SEARCH".into());
    let message = format!("`needed_by` is a list of features: write `needed_by({list})`");
    match tokens {
        [] => refuse(key, message),
        tokens => refuse(all(tokens), message),
    }
}

/// `= SEARCH` and `= [SEARCH, CART]` as they would be right.
fn list_like(tokens: &[TokenTree]) -> Option<String> {
    let list = match without_sign(tokens) {
        [TokenTree::Group(list)] => list.stream(),
        value => all(value),
    };
    let paths = Punctuated::<Path, Token![,]>::parse_terminated;
    let list = paths.parse2(list).ok().filter(|list| !list.is_empty())?;
    Some(written(list))
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
