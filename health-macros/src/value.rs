//! Reads what is written for one option.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, Literal, TokenTree};
use quote::ToTokens;
use syn::Path;
use syn::parse::Parser;

use crate::args::{CratePath, split_at_commas};
use crate::duration;
use crate::lints::{self, Refusals};

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
    read: fn(&Ident, &Literal) -> syn::Result<T>,
) -> Written<T> {
    let value = match tokens {
        [TokenTree::Punct(equals), TokenTree::Literal(literal)] if equals.as_char() == '=' => {
            read(key, literal).map(|value| (value, literal.clone()))
        }
        _ => Err(lints::not_a_value(key, tokens)),
    };
    Written {
        key: key.clone(),
        value: value.map_err(|error| refusals.add(error)).ok(),
    }
}

/// `"500ms"`
pub(crate) fn duration(key: &Ident, literal: &Literal) -> syn::Result<Duration> {
    let text = text(literal).ok_or_else(|| lints::not_a_value(key, &[literal.clone().into()]))?;
    duration::parse(&text).map_err(|fault| lints::bad_duration(key, literal, &text, &fault))
}

/// `"orders-database"`
pub(crate) fn name(key: &Ident, literal: &Literal) -> syn::Result<String> {
    let name = text(literal).ok_or_else(|| lints::not_a_value(key, &[literal.clone().into()]))?;
    if lints::is_name(&name) {
        Ok(name)
    } else {
        Err(lints::bad_name(literal, &name))
    }
}

/// `"the deadline is the check"`
pub(crate) fn reason(key: &Ident, literal: &Literal) -> syn::Result<String> {
    let reason = text(literal).ok_or_else(|| lints::not_a_value(key, &[literal.clone().into()]))?;
    if reason.trim().is_empty() {
        Err(lints::no_reason(literal))
    } else {
        Ok(reason)
    }
}

/// `3`
pub(crate) fn count(key: &Ident, literal: &Literal) -> syn::Result<u32> {
    let not_a_count = || lints::not_a_value(key, &[literal.clone().into()]);
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
            .map_err(|_| lints::not_a_value(key, tokens)),
        _ => Err(lints::not_a_value(key, tokens)),
    }
}

fn text(literal: &Literal) -> Option<String> {
    syn::parse2::<syn::LitStr>(literal.to_token_stream())
        .ok()
        .filter(|text| text.suffix().is_empty())
        .map(|text| text.value())
}
