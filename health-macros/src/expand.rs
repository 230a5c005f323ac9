//! The function untouched, and behind it one static value.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit};

use crate::args::Args;
use crate::bind::{arguments, run};
use crate::lints::{self, Refusals, Registrable};
use crate::signature::Function;
use crate::value::Written;
use crate::words::CratePath;

/// Where the attribute stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

pub(crate) fn expand(attr: TokenStream, item: &TokenStream, place: Place) -> TokenStream {
    let mut refusals = Refusals::default();
    let args = Args::parse(attr, &mut refusals);
    lints::attribute(&args, item, &mut refusals);
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let warning = lints::unreadable(item, &error).map(warning);
            if warning.is_none() {
                refusals.add(lints::not_a_function(item));
            }
            let errors = refusals.told();
            return quote!(#item #errors #warning);
        }
    };
    let attribute_is_right = refusals.is_empty();
    let contents = match lints::function(&args, &function, &mut refusals) {
        Registrable::Yes if attribute_is_right => registration(&args, &function),
        Registrable::Yes | Registrable::Typed => unregistered(&args, &function),
        Registrable::No if function.registers_nothing() => TokenStream::new(),
        Registrable::No => features(&args),
    };
    let errors = refusals.told();
    let completed = (!attribute_is_right || args.may_go_on).then(|| completed(&args));
    let behind = (!contents.is_empty()).then(|| behind(&args, &function, place, &contents));
    quote!(#item #completed #errors #behind)
}

/// That a function is half typed is an error of the compiler's already, in the same words. But what
/// only we cannot read must not be lost in silence, so this is a warning.
fn warning((place, text): (Span, String)) -> TokenStream {
    let here = Span::mixed_site();
    let not_a_check = Ident::new("NOT_A_CHECK", place);
    quote_spanned! {here=>
        const _: () = {
            #[deprecated(note = #text)]
            const #not_a_check: () = ();
            #not_a_check
        };
    }
}

/// Where an editor finds what a word may become that is being typed.
///
/// It looks from where the same stands without what it put there, so both have to have this; the
/// compiler never sees it.
fn completed(args: &Args) -> TokenStream {
    let here = Span::mixed_site();
    // A keyword cannot be imported.
    let words = args.unknown.iter();
    let typed = words.filter(|word| syn::parse_str::<Ident>(&word.to_string()).is_ok());
    let krate = match &args.crate_path {
        CratePath::Written(path) => path.to_token_stream(),
        CratePath::Unknown | CratePath::Default => quote_spanned!(here=> ::health_core),
    };
    quote_spanned! {here=>
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            use #krate::__private::words::{#(#typed),*};
        };
    }
}

/// What stands behind the function, in a place of its own.
///
/// That is not `const _`, since in an `impl` block, where nothing can be registered, both it and
/// everything in it would be in error. Of an enum the compiler says once that it has to move out.
/// Its name is the function's and its place, so that of two functions of one name the compiler
/// says only that.
fn behind(args: &Args, function: &Function, place: Place, contents: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let krate = match &args.crate_path {
        CratePath::Written(path) => path.to_token_stream(),
        CratePath::Unknown => return TokenStream::new(),
        CratePath::Default => quote_spanned!(here=> ::health_core),
    };
    let ident = function.signature.ident.unraw();
    let Place { line, column } = place;
    let item = format_ident!("__health_check_{ident}_{line}_{column}", span = here);
    // In steps, or of a crate that is not there the compiler says it twice.
    let imports = match &args.crate_path {
        CratePath::Written(path) if path.segments.len() > 1 => quote_spanned! {here=>
            use #path as __health_core;
            use __health_core::__private as __health_check;
        },
        _ => quote_spanned!(here=> use #krate::__private as __health_check;),
    };
    let contents = quote_spanned! {here=>
        #imports
        #[allow(unused_imports)]
        use __health_check::methods::*;
        #contents
        0
    };
    let attributes = quote_spanned! {here=>
        #[doc(hidden)]
        #[allow(
            deprecated, non_camel_case_types, unused_braces, clippy::items_after_statements,
        )]
    };
    let item =
        quote_spanned! {function.signature.fn_token.span=> enum #item { R = { #contents } } };
    quote!(#attributes #item)
}

fn registration(args: &Args, function: &Function) -> TokenStream {
    let run = run(args, function);
    let declaration = declaration(args, function);
    quote_spanned! {Span::mixed_site()=>
        use __health_check::submit as __health_check_submit;
        #run
        __health_check_submit! { #declaration }
    }
}

/// Alone where the attribute is wrong, so that the mistakes in the types are told at the same time.
fn unregistered(args: &Args, function: &Function) -> TokenStream {
    let run = run(args, function);
    let declaration = declaration(args, function);
    quote_spanned! {Span::mixed_site()=>
        #run
        const _: __health_check::Declaration = #declaration;
    }
}

/// Alone where the function is wrong, so that no import of a feature seems unused.
fn features(args: &Args) -> TokenStream {
    let needed_by = &args.needed_by;
    quote_spanned!(Span::mixed_site()=> const _: &[__health_check::Feature] = &[#(#needed_by),*];)
}

fn declaration(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let ident = &function.signature.ident;
    let name = ident.unraw().to_string();
    let class = class(args);
    let arguments = arguments(function);
    let call = if function.signature.asyncness.is_some() {
        quote_spanned!(here=> __health_check::Awaited(__health_check_run))
    } else {
        quote_spanned!(here=> __health_check::Blocking(__health_check_run))
    };
    let options = options(args);
    let description = description(function);
    quote_spanned! {here=>
        __health_check::Declaration::of(
            &#ident, #name, __health_check::class::#class, #description, #arguments, #call,
        )#options
    }
}

/// What is written, each as a call: an editor shows what is said of the method.
fn options(args: &Args) -> TokenStream {
    let here = Span::mixed_site();
    let mut options = TokenStream::new();
    if let Some(Written {
        key,
        value: Some((name, _)),
    }) = &args.name
    {
        options.extend(quote_spanned!(here=> .#key(#name)));
    }
    for reason in [&args.ignores_errors, &args.local].into_iter().flatten() {
        let key = &reason.key;
        options.extend(quote_spanned!(here=> .#key()));
    }
    for written in [&args.timeout, &args.interval, &args.retry]
        .into_iter()
        .flatten()
    {
        if let Some((duration, _)) = &written.value {
            let key = &written.key;
            let millis = u64::try_from(duration.as_millis()).expect("at most 365 days were read");
            let millis = Literal::u64_unsuffixed(millis);
            options.extend(quote_spanned!(here=> .#key(#millis)));
        }
    }
    for written in [&args.fail_after, &args.pass_after].into_iter().flatten() {
        if let Some((count, _)) = &written.value {
            let key = &written.key;
            let count = Literal::u32_unsuffixed(*count);
            options.extend(quote_spanned!(here=> .#key(#count)));
        }
    }
    let needed_by = &args.needed_by;
    if !needed_by.is_empty() {
        // As a constant: a list that is passed on would be dropped where it is made.
        options.extend(quote_spanned! {here=>
            .needed_by({
                const __HEALTH_CHECK_FEATURES: &[__health_check::Feature] = &[#(#needed_by),*];
                __HEALTH_CHECK_FEATURES
            })
        });
    }
    options
}

/// The word itself, which an editor finds in `class`.
fn class(args: &Args) -> Ident {
    match &args.class {
        Some((_, word)) => word.clone(),
        None => Ident::new("critical", Span::mixed_site()),
    }
}

/// A doc comment is text, but `#[doc = concat!(..)]` is for the compiler to put together.
fn description(function: &Function) -> TokenStream {
    let mut computed = Vec::new();
    let mut text = String::new();
    for doc in function.docs() {
        match doc {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => {
                let line = line.value();
                text += line.strip_prefix(' ').unwrap_or(&line);
            }
            doc => {
                computed.push(std::mem::take(&mut text).into_token_stream());
                computed.push(doc.into_token_stream());
            }
        }
        text += "\n";
    }
    if computed.is_empty() {
        return text.trim().into_token_stream();
    }
    quote_spanned!(Span::mixed_site()=> __health_check::concat!(#(#computed,)* #text))
}
