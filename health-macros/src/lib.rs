//! The `#[health_check]` attribute. Its manual is at `health_core::health_check`.

use proc_macro::TokenStream;

/// Registers a function as a health check.
#[proc_macro_attribute]
pub fn health_check(attr: TokenStream, item: TokenStream) -> TokenStream {
    let _ = attr;
    item
}
