//! Every refusal and its words: what is wrong, why, and what to write instead.

mod attribute;
mod body;
mod entry;
mod function;
mod value;

use std::fmt::Display;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

pub(crate) use attribute::{attribute, useless};
pub(crate) use entry::*;
pub(crate) use function::{Registrable, function, not_a_function, unreadable};
pub(crate) use value::*;

/// What was refused so far. Reading goes on after a mistake, so that all are told at once.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<syn::Error>);

impl Refusals {
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The compile errors to put behind the item.
    pub(crate) fn told(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
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
