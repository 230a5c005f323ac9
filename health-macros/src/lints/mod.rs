//! Every refusal and its words: what is wrong, why, and what to write instead.

mod attribute;
mod body;
mod entry;
mod function;
mod value;

use std::fmt::Display;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

pub(crate) use attribute::attribute;
pub(crate) use entry::*;
pub(crate) use function::{function, not_a_function};
pub(crate) use value::*;

/// What was refused so far. Reading goes on after a mistake, so that all are told at once.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<syn::Error>);

impl Refusals {
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Refusals {
    /// The compile errors to put behind the item.
    pub(crate) fn told(&self, item: &TokenStream) -> TokenStream {
        let errors = self.0.iter().flat_map(syn::Error::to_compile_error);
        if is_async(item) {
            return errors.collect();
        }
        errors.map(rooted).collect()
    }
}

/// The edition 2015 has no `async`.
fn is_async(item: &TokenStream) -> bool {
    let mut tokens = item.clone().into_iter();
    tokens.any(|token| matches!(&token, TokenTree::Ident(word) if word == "async"))
}

/// In the edition 2015 the `::` of `::core::compile_error!` would be the user's crate, unless it is
/// ours; the price is a note of the compiler that the error comes from here.
fn rooted(mut token: TokenTree) -> TokenTree {
    // The first and the last token, so that all between them is still underlined.
    match &token {
        TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        TokenTree::Punct(_) | TokenTree::Group(_) => {
            token.set_span(Span::mixed_site().located_at(token.span()));
        }
    }
    token
}

fn refuse(tokens: impl ToTokens, message: impl Display) -> syn::Error {
    syn::Error::new_spanned(tokens, message)
}

/// The tokens as a person writes them.
fn written(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, close) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
    ] {
        text = text.replace(spaced, close);
    }
    text
}

fn all(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}
