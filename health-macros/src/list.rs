//! Lists between commas.

use proc_macro2::TokenTree;

use crate::lints::{self, Refusals};

/// The entries of a list; a last comma may follow them.
pub(crate) fn split_at_commas<'t>(
    tokens: &'t [TokenTree],
    refusals: &mut Refusals,
) -> Vec<&'t [TokenTree]> {
    let mut entries = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        let comma = rest.iter().position(is_comma);
        match comma {
            Some(0) => refusals.add(lints::stray_comma(&rest[0])),
            _ => entries.push(&rest[..comma.unwrap_or(rest.len())]),
        }
        rest = comma.map_or(&[], |comma| &rest[comma + 1..]);
    }
    entries
}

pub(crate) fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
