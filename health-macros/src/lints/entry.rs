use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

use super::value::{number, text, text_of, unitless, with_interval};
use super::{Refusals, all, is_name, refuse, written};
use crate::args::Args;
use crate::duration;
use crate::nearest::nearest;
use crate::words::{Around, CLASSES, Class, OPTIONS};

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

/// An entry that does not begin with a word.
pub(crate) fn not_an_option(tokens: &[TokenTree], around: &Around) -> syn::Error {
    let text = text(tokens);
    let quoted = text_of(&tokens[0]).filter(|text| OPTIONS.contains(&&**text));
    let message = if let Some(class) = class_in(&tokens[0]) {
        format!("a class has no quotes: write `{class}`")
    } else if let Some(option) = quoted {
        format!("an option has no quotes: write `{option}`")
    } else if let Some(class) = tokens.iter().find_map(class_in) {
        format!("a class stands alone: write `{class}`")
    } else if let Some(timeout) = text.as_deref().filter(|text| duration::parse(text).is_ok()) {
        let timeout = with_interval("timeout", timeout, around);
        format!("a duration says what it is for: write `{timeout}`")
    } else if let Some(name) = text.as_deref().filter(|text| is_name(text)) {
        format!("a name says that it is one: write `name = \"{name}\"`")
    } else {
        format!("this is not an option: write a class and options, as in {EXAMPLE}")
    };
    refuse(all(tokens), message)
}

/// The class that a token is, in quotes or as it is called elsewhere in this crate.
pub(crate) fn class_in(token: &TokenTree) -> Option<&'static str> {
    let word = token.to_string().to_lowercase();
    let word = word.trim_matches('"');
    CLASSES.into_iter().find(|class| word == *class)
}

/// The `critical` of `Class::Critical`, of which `Class` was read already.
pub(crate) fn class_in_a_path(after: &[TokenTree]) -> Option<&'static str> {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(colon) if colon.as_char() == ':');
    match after {
        [first, second, .., last @ TokenTree::Ident(_)] if is_colon(first) && is_colon(second) => {
            class_in(last)
        }
        _ => None,
    }
}

pub(crate) fn class_as_a_path(key: &Ident, after: &[TokenTree], class: &str) -> syn::Error {
    let mut path = key.to_token_stream();
    path.extend(all(after));
    refuse(path, format!("a class is one word: write `{class}`"))
}

/// Whether an unknown option was meant to say the class.
pub(crate) fn means_class(key: &Ident, value: &[TokenTree]) -> bool {
    says_class(key) || class_of(value).is_some()
}

/// What others write in front of the class.
pub(crate) fn says_class(key: &Ident) -> bool {
    const WORDS: [&str; 14] = [
        "class",
        "kind",
        "type",
        "severity",
        "probe",
        "level",
        "criticality",
        "importance",
        "priority",
        "category",
        "tier",
        "role",
        "impact",
        "on_failure",
    ];
    WORDS.contains(&&*snake(&key.to_string()))
}

/// The class that stands in `= "critical"`, `: Class::Critical` or `(readiness)`.
fn class_of(value: &[TokenTree]) -> Option<&'static str> {
    let last = match value.last()? {
        TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
            let mut inside = group.stream().into_iter();
            inside.next().filter(|_| inside.next().is_none())?
        }
        last => last.clone(),
    };
    class_in(&last).or_else(|| {
        let word = last.to_string();
        let probe = word.trim_matches('"').to_lowercase();
        matches!(&*probe, "readiness" | "ready").then_some("critical")
    })
}

/// A word without a value is taken for a class where there is none, since every option has one.
pub(crate) fn unknown_class(word: &Ident) -> syn::Error {
    let written = word.to_string();
    let message = match (other_class(&written), nearest(&written, &CLASSES)) {
        (Some(hint), _) => format!("unknown class `{written}`: {hint}"),
        (_, Some(near)) => format!("unknown class `{written}`, did you mean `{near}`?"),
        _ => match other_option(&snake(&written)) {
            Some(option) => format!(
                "unknown class `{written}`: write one of {} first, and `{option}` with its value behind it",
                list(&CLASSES)
            ),
            None => format!("unknown class `{written}`: write one of {}", list(&CLASSES)),
        },
    };
    refuse(word, message)
}

pub(crate) fn unknown_option(key: &Ident, value: &[TokenTree], around: &Around) -> syn::Error {
    let word = key.to_string();
    let plain = snake(&word);
    let words = [&OPTIONS[..], &CLASSES[..]].concat();
    let hint = if let Some(class) = around.class.map(name_of)
        && (means_class(key, value) || other_class(&plain).is_some())
    {
        format!(": `{class}` is the class already, so remove `{word}`")
    } else if means_class(key, value) {
        match class_of(value) {
            Some(class) if class_in_value(value) => {
                format!(": the class stands alone, so write just `{class}`")
            }
            _ => format!(": {READY}"),
        }
    } else if let Some(hint) = other_class(&plain).or_else(|| other_word(&plain)) {
        format!(": {hint}")
    } else if let Some(hint) = with_unit(&plain, value, around) {
        format!(": {hint}")
    } else if let Some(option) = other_option(&plain) {
        match number(value) {
            Some(number) if is_duration(option) => {
                format!(": {}", unitless(option, &number, around))
            }
            _ => format!(", did you mean `{option}`?"),
        }
    } else if let Some(near) = nearest(&word, &words).or_else(|| nearest(&plain, &words)) {
        format!(", did you mean `{near}`?")
    } else {
        format!(": the options are {}", list(&OPTIONS))
    };
    refuse(key, format!("unknown option `{word}`{hint}"))
}

const READY: &str = "the class stands alone: write `critical` if nothing can be served without \
    this, `degraded` if the service is then only worse, or `startup` or `liveness`";

/// Whether the class itself is written there, not what others call it.
fn class_in_value(value: &[TokenTree]) -> bool {
    match value.last() {
        Some(TokenTree::Group(group)) => group
            .stream()
            .into_iter()
            .last()
            .is_some_and(|last| class_in(&last).is_some()),
        Some(last) => class_in(last).is_some(),
        None => false,
    }
}

/// What other systems call a class.
fn other_class(word: &str) -> Option<&'static str> {
    Some(match snake(word).as_str() {
        "class" | "kind" | "type" | "severity" | "probe" => {
            "the class stands alone, so write just `critical`, `degraded`, `startup` or `liveness`"
        }
        "readiness" | "ready" => {
            "write `critical` if nothing can be served without this, or `degraded` if the service is then only worse"
        }
        "live" | "alive" => "did you mean `liveness`?",
        "starting" | "started" | "boot" | "init" => "did you mean `startup`?",
        "required" | "hard" | "fatal" | "essential" | "mandatory" => "did you mean `critical`?",
        "optional" | "soft" | "warning" | "noncritical" | "non_critical" => {
            "did you mean `degraded`?"
        }
        _ => return None,
    })
}

/// What other systems call an option.
fn other_option(word: &str) -> Option<&'static str> {
    Some(match word {
        "every" | "period" | "frequency" | "each" | "schedule" | "interval" => "interval",
        "deadline" | "limit" | "max" | "time_limit" | "timeout" => "timeout",
        "retry_interval" | "retry_after" | "retry_delay" | "backoff" | "retry" => "retry",
        "retries" | "threshold" | "failures" | "failure_threshold" | "unhealthy_threshold" => {
            "fail_after"
        }
        "successes" | "success_threshold" | "healthy_threshold" => "pass_after",
        "feature" | "features" | "tag" | "tags" | "group" | "groups" | "needs" => "needed_by",
        "id" | "label" | "title" => "name",
        "krate" | "path" => "crate",
        _ => return None,
    })
}

fn other_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "description" | "desc" | "doc" | "about" | "help" => {
            "the doc comment of the function is its description, so write `/// ..` above the function"
        }
        "blocking" => {
            "an `async fn` is awaited and a plain `fn` gets a thread, so nothing is to be said"
        }
        word if word.starts_with("initial_delay")
            || word.starts_with("start_period")
            || word.starts_with("grace_period") =>
        {
            "the first run is not delayed, and until it has ended the service is not ready: remove it, or write a `startup` check for what takes long"
        }
        _ => return None,
    })
}

/// `timeout_ms = 500`, `periodSeconds = 10`
fn with_unit(word: &str, value: &[TokenTree], around: &Around) -> Option<String> {
    let (word, unit) = word.rsplit_once('_')?;
    let unit = duration::meant(unit)?;
    let option = other_option(word).filter(|option| is_duration(option))?;
    let text = format!("{}{unit}", number(value).unwrap_or_default());
    let written = match duration::parse(&text) {
        Ok(_) => with_interval(option, &text, around),
        Err(_) => option.into(),
    };
    Some(format!(
        "the unit stands in the value, so write `{written}`"
    ))
}

fn is_duration(option: &str) -> bool {
    matches!(option, "timeout" | "interval" | "retry")
}

/// `timeoutSeconds` as it is written in Rust.
fn snake(word: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            snake.push('_');
        }
        snake.push(if letter == '-' {
            '_'
        } else {
            letter.to_ascii_lowercase()
        });
        before = letter;
    }
    snake
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

fn name_of(class: Class) -> &'static str {
    CLASSES
        .into_iter()
        .find(|word| Class::from(word) == Some(class))
        .expect("each class has a word")
}

/// `= false`
pub(crate) fn says_no(value: &[TokenTree]) -> bool {
    match value {
        [TokenTree::Punct(equals), TokenTree::Ident(no)] => {
            "=:".contains(equals.as_char()) && *no == "false"
        }
        _ => false,
    }
}

pub(crate) fn class_with_a_value(class: Class, key: &Ident, value: &[TokenTree]) -> syn::Error {
    let message = match value {
        value if says_no(value) => {
            match class {
                Class::Critical => {
                    "a class has no value: write `degraded` for a check that is not critical".into()
                }
                Class::Degraded => {
                    "a class has no value: write `critical` for a check without which nothing can be served".into()
                }
                Class::Startup | Class::Liveness => format!(
                    "a class has no value: write `critical` or `degraded` instead of `{key}`"
                ),
            }
        }
        [TokenTree::Group(list)] if !list.stream().is_empty() => {
            let inside = list.stream();
            let text = text(&inside.clone().into_iter().collect::<Vec<_>>());
            let inner = written(&inside);
            let meant = match text {
                Some(text) if duration::parse(&text).is_ok() => format!("timeout = \"{text}\""),
                Some(name) => format!("name = \"{name}\""),
                None if is_list_of_paths(inside) => format!("needed_by({inner})"),
                None => inner,
            };
            if is_right(&format!("{key}, {meant}")) {
                format!(
                    "a class stands alone, and options follow behind a comma: write `{key}, {meant}`"
                )
            } else {
                format!("a class has no value: write `{key}` alone")
            }
        }
        [TokenTree::Punct(sign), options @ ..]
            if !"=:".contains(sign.as_char())
                && is_right(&format!("{key}, {}", written(all(options)))) =>
        {
            let options = written(all(options));
            format!("a class stands alone, and options follow behind a comma: write `{key}, {options}`")
        }
        _ => format!("a class has no value: write `{key}` alone"),
    };
    refuse(all(value), message)
}

fn is_list_of_paths(tokens: TokenStream) -> bool {
    let paths = Punctuated::<Path, Token![,]>::parse_terminated;
    paths.parse2(tokens).is_ok()
}

/// Whether these words would be accepted in the parentheses, so that they may be advised.
fn is_right(attr: &str) -> bool {
    let Ok(attr) = attr.parse() else {
        return false;
    };
    let mut refusals = Refusals::default();
    let args = Args::parse(attr, &mut refusals);
    super::attribute(&args, &TokenStream::new(), &mut refusals);
    refusals.is_empty()
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
