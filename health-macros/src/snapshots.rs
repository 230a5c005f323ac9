//! What the attribute expands to, as files that were read.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p health-macros` writes them anew.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::{Place, expand};

/// The expansion, as Rust where it is Rust.
fn shown(attr: &TokenStream, item: &TokenStream) -> String {
    let expanded = expand(attr.clone(), item, Place::default());
    let file = syn::parse2(expanded).expect("an expansion parses");
    format!(
        "// #[health_check({attr})]\n{}",
        prettyplease::unparse(&file)
    )
}

#[track_caller]
fn is_as_read(name: &str, attr: &TokenStream, item: &TokenStream) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("snapshots/{name}.rs"));
    let shown = shown(attr, item);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &shown).expect("the directory is there");
    }
    let read = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(read, shown, "{}", path.display());
}

#[test]
fn a_plain_function() {
    let item = quote! {
        fn moves() -> Result<(), &'static str> { Err("stands") }
    };
    is_as_read("plain", &quote!(liveness), &item);
}

#[test]
fn an_async_function_with_state() {
    let item = quote! {
        /// Orders are stored here;
        /// without it nothing can be served.
        #[cfg(unix)]
        #[inline]
        pub async fn r#type(
            pool: &PgPool,
            clock: &dyn Clock,
            index: Option<&Index>,
            maybe: Option<&dyn Clock>,
            owned: Arc<PgPool>,
            object: Arc<dyn Clock>,
        ) -> Result<Stats, sqlx::Error> {
            pool.stats().await
        }
    };
    is_as_read("state", &quote!(critical), &item);
}

#[test]
fn every_option() {
    let attr = quote! {
        degraded, name = "search-index", timeout = "300ms", interval = "1m30s", retry = "1s",
        fail_after = 3, pass_after = 2, needed_by(SEARCH, cart::CART),
        ignores_errors = "the deadline is the check", crate = my::health_core
    };
    let item = quote! {
        #[doc = concat!("Asks ", "it.")]
        async fn search(index: &Index) -> Outcome {
            let _ = index.ping().await;
            Outcome::passed()
        }
    };
    is_as_read("options", &attr, &item);
}

#[test]
fn a_wrong_attribute_leaves_the_types_to_the_compiler() {
    let attr = quote!(critical, timout = "2s", needed_by(SEARCH));
    let item = quote! {
        async fn database(pool: &PgPool) -> bool { pool.ping().await }
    };
    is_as_read("wrong_attribute", &attr, &item);
}

#[test]
fn a_wrong_function_is_left_alone() {
    let attr = quote!(critical, needed_by(SEARCH));
    let item = quote! {
        async fn database<T>(pool: &T) -> Result<(), String> { Err(String::new()) }
    };
    is_as_read("wrong_function", &attr, &item);
}

#[test]
fn a_method_is_left_alone() {
    let file = expand(
        quote!(critical),
        &quote!(
            fn check(&self) -> Result<(), String> {
                Err(String::new())
            }
        ),
        Place::default(),
    );
    let expanded = file.to_string();
    assert!(
        expanded.contains("compile_error") && !expanded.contains("enum"),
        "{expanded}"
    );
}
