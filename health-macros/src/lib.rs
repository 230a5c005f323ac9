//! The `#[health_check]` attribute. Its manual is at `health_core::health_check`.

mod args;
mod bind;
mod body;
mod calls;
mod duration;
mod exits;
mod expand;
mod lints;
mod nearest;
mod signature;
mod value;

#[cfg(test)]
mod mutations;
#[cfg(test)]
mod snapshots;

use proc_macro::TokenStream;

/// Registers a function as a health check.
#[proc_macro_attribute]
pub fn health_check(attr: TokenStream, item: TokenStream) -> TokenStream {
    let here = proc_macro::Span::call_site();
    let place = expand::Place {
        line: here.line(),
        column: here.column(),
    };
    expand::expand(attr.into(), &item.into(), place).into()
}
