//! Reads what is written for one option.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, Literal, TokenTree};
use quote::ToTokens;
use syn::Path;
use syn::parse::Parser;

use crate::duration;
use crate::lints::{self, Refusals};
use crate::list::split_at_commas;
use crate::words::{Around, CratePath};

/// An option and what was written for it; `None` when that was a mistake.
pub(crate) struct Written<T> {
    pub(crate) key: Ident,
    pub(crate) value: Option<(T, Literal)>,
}

/// `key = value`, where the value is one literal.
pub(crate) fn written<T>(
    key: &Ident,
    tokens: &[TokenTree],
    refusals: &mut Refusals,
    read: impl Fn(&Ident, Value<'_>) -> syn::Result<T>,
) -> Written<T> {
    let (equals, tokens) = match tokens {
        [TokenTree::Punct(equals), tokens @ ..] if equals.as_char() == '=' => (true, tokens),
        tokens => (false, tokens),
    };
    let literal = match tokens {
        [TokenTree::Literal(literal)] if equals => Some(literal),
        _ => None,
    };
    let value = read(key, Value { tokens, literal });
    Written {
        key: key.clone(),
        value: value
            .map_err(|error| refusals.add(error))
            .ok()
            .zip(literal.cloned()),
    }
}

/// What stands behind a key, without the `=`.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    pub(crate) tokens: &'t [TokenTree],
    /// The one literal that it is, if it is.
    pub(crate) literal: Option<&'t Literal>,
}

impl Value<'_> {
    /// A string, and its place.
    fn text(&self) -> Option<(String, &Literal)> {
        let literal = self.literal?;
        let text = syn::parse2::<syn::LitStr>(literal.to_token_stream()).ok()?;
        text.suffix().is_empty().then(|| (text.value(), literal))
    }
}

/// `"500ms"`
pub(crate) fn duration(key: &Ident, value: Value<'_>, around: &Around) -> syn::Result<Duration> {
    let Some((text, literal)) = value.text() else {
        return Err(lints::not_a_duration(key, value.tokens, around));
    };
    duration::parse(&text).map_err(|fault| lints::bad_duration(key, literal, &text, &fault, around))
}

/// `= "500ms"`, when there is nothing wrong with it.
pub(crate) fn right_duration(tokens: &[TokenTree]) -> Option<Duration> {
    match tokens {
        [TokenTree::Punct(equals), TokenTree::Literal(literal)] if equals.as_char() == '=' => {
            let text = syn::parse2::<syn::LitStr>(literal.to_token_stream()).ok()?;
            duration::parse(&text.value()).ok()
        }
        _ => None,
    }
}

/// `"orders-database"`
pub(crate) fn name(key: &Ident, value: Value<'_>) -> syn::Result<String> {
    match value.text() {
        Some((name, _)) if lints::is_name(&name) => Ok(name),
        Some((name, literal)) => Err(lints::bad_name(literal, &name)),
        None => Err(lints::not_a_value(key, value.tokens)),
    }
}

/// `"the deadline is the check"`
pub(crate) fn reason(key: &Ident, value: Value<'_>) -> syn::Result<String> {
    match value.text() {
        Some((reason, literal)) if reason.trim().is_empty() => Err(lints::no_reason(literal)),
        Some((reason, _)) => Ok(reason),
        None => Err(lints::not_a_value(key, value.tokens)),
    }
}

/// `3`
pub(crate) fn count(key: &Ident, value: Value<'_>) -> syn::Result<u32> {
    let not_a_count = || lints::not_a_value(key, value.tokens);
    let literal = value.literal.ok_or_else(not_a_count)?;
    let number =
        syn::parse2::<syn::LitInt>(literal.to_token_stream()).map_err(|_| not_a_count())?;
    if !number.suffix().is_empty() {
        return Err(not_a_count());
    }
    match number.base10_parse() {
        Ok(0) => Err(lints::count_of_zero(key, literal)),
        count => count.map_err(|_| not_a_count()),
    }
}

/// `(A, path::to::B)`
pub(crate) fn features(key: &Ident, tokens: &[TokenTree], refusals: &mut Refusals) -> Vec<Path> {
    let list = match tokens {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Parenthesis => list,
        _ => {
            refusals.add(lints::not_a_list(key, tokens));
            return Vec::new();
        }
    };
    if list.stream().is_empty() {
        refusals.add(lints::no_feature(list));
    }
    let mut features: Vec<Path> = Vec::new();
    for tokens in split_at_commas(&list.stream().into_iter().collect::<Vec<_>>(), refusals) {
        let path = Path::parse_mod_style.parse2(tokens.iter().cloned().collect());
        match path {
            Err(_) => refusals.add(lints::not_a_feature(tokens)),
            Ok(path) if features.iter().any(|feature| same(feature, &path)) => {
                refusals.add(lints::feature_twice(&path));
            }
            Ok(path) => features.push(path),
        }
    }
    features
}

fn same(a: &Path, b: &Path) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}

/// `= path::to::health_core`
pub(crate) fn crate_path(key: &Ident, tokens: &[TokenTree]) -> syn::Result<CratePath> {
    match tokens {
        [TokenTree::Punct(equals), path @ ..] if equals.as_char() == '=' => Path::parse_mod_style
            .parse2(path.iter().cloned().collect())
            .map(CratePath::Written)
            .map_err(|_| lints::not_a_value(key, path)),
        _ => Err(lints::not_a_value(key, tokens)),
    }
}
