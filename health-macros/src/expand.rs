//! The function untouched, and behind it one static value.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit};

use crate::args::{Args, Class, CratePath};
use crate::bind::bind;
use crate::lints::{self, Refusals, Registrable};
use crate::signature::Function;
use crate::value::Written;

pub(crate) fn expand(attr: TokenStream, item: &TokenStream) -> TokenStream {
    let mut refusals = Refusals::default();
    let args = Args::parse(attr, &mut refusals);
    lints::attribute(&args, item, &mut refusals);
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            refusals.add(lints::not_a_function(item, &error));
            let errors = refusals.told();
            return quote!(#item #errors);
        }
    };
    let attribute_is_right = refusals.is_empty();
    let contents = match lints::function(&args, &function, &mut refusals) {
        Registrable::Yes if attribute_is_right => registration(&args, &function),
        Registrable::Yes | Registrable::Typed => declaration(&args, &function),
        Registrable::No if function.registers_nothing() => TokenStream::new(),
        Registrable::No => features(&args),
    };
    let errors = refusals.told();
    let behind = (!contents.is_empty()).then(|| behind(&args, &function, &contents));
    quote!(#item #errors #behind)
}

/// What stands behind the function, in a place of its own.
///
/// That is not `const _`, since in an `impl` block, where nothing can be registered, both it and
/// everything in it would be in error. Of an enum the compiler says once that it has to move out.
fn behind(args: &Args, function: &Function, contents: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let krate = match &args.crate_path {
        CratePath::Written(path) => path.to_token_stream(),
        CratePath::Unknown => return TokenStream::new(),
        CratePath::Default => quote_spanned!(here=> ::health_core),
    };
    let ident = &function.signature.ident;
    let item = format_ident!("__health_check_{}", ident.unraw(), span = here);
    let contents = quote_spanned! {here=>
        use #krate::__private::{
            self as __health_check, BoxedWith as _, BoxedWithRefused as _, ReturnsInErr as _,
            ReturnsInOk as _, ReturnsOther as _, ReturnsResult as _,
        };
        #contents
        0
    };
    quote_spanned! {here.located_at(ident.span())=>
        #[doc(hidden)]
        #[allow(deprecated, non_camel_case_types)]
        enum #item {
            Registered = { #contents }
        }
    }
}

fn registration(args: &Args, function: &Function) -> TokenStream {
    let declaration = declaration(args, function);
    quote_spanned! {Span::mixed_site()=>
        #declaration
        __health_check::submit!(__HEALTH_CHECK);
    }
}

/// Alone where the function is wrong, so that no import of a feature seems unused.
fn features(args: &Args) -> TokenStream {
    let needed_by = &args.needed_by;
    quote_spanned! {Span::mixed_site()=>
        const __HEALTH_CHECK_FEATURES: &[__health_check::Feature] = &[#(#needed_by),*];
    }
}

/// Alone where the attribute is wrong, so that the mistakes in the types are told at the same time.
fn declaration(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let ident = &function.signature.ident;
    let name = match value(args.name.as_ref()) {
        Some(name) => name.clone(),
        None => ident.unraw().to_string(),
    };
    let class = class(args);
    let description = description(function);
    let options = options(args);
    let needed_by = &args.needed_by;
    let bind = bind(args, function);
    quote_spanned! {here=>
        const __HEALTH_CHECK: __health_check::Declaration = __health_check::Declaration {
            name: #name,
            class: __health_check::Class::#class,
            description: #description,
            options: #options,
            needed_by: &[#(#needed_by),*],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&#ident),
            bind: #bind,
        };
    }
}

fn options(args: &Args) -> TokenStream {
    let here = Span::mixed_site();
    let durations = [&args.timeout, &args.interval, &args.retry].into_iter();
    let durations = durations.flatten().filter_map(|written| {
        let (key, (duration, _)) = (&written.key, written.value.as_ref()?);
        let duration = milliseconds(*duration);
        Some(quote_spanned!(here=> #key: __health_check::Some(#duration)))
    });
    let counts = [&args.fail_after, &args.pass_after].into_iter();
    let counts = counts.flatten().filter_map(|written| {
        let (key, (count, _)) = (&written.key, written.value.as_ref()?);
        Some(quote_spanned!(here=> #key: __health_check::Some(#count)))
    });
    let mut options: Vec<_> = durations.chain(counts).collect();
    if options.len() < 5 {
        options.push(quote_spanned!(here=> ..__health_check::Options::NONE));
    }
    quote_spanned!(here=> __health_check::Options { #(#options),* })
}

fn milliseconds(duration: Duration) -> TokenStream {
    let millis = u64::try_from(duration.as_millis()).expect("at most 365 days were read");
    quote_spanned!(Span::mixed_site()=> __health_check::Duration::from_millis(#millis))
}

/// The class as a type and as a value: both have the same name.
pub(crate) fn class(args: &Args) -> Ident {
    let class = match &args.class {
        Some((Class::Degraded, _)) => "Degraded",
        Some((Class::Startup, _)) => "Startup",
        Some((Class::Liveness, _)) => "Liveness",
        Some((Class::Critical, _)) | None => "Critical",
    };
    Ident::new(class, Span::mixed_site())
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

fn value<T>(written: Option<&Written<T>>) -> Option<&T> {
    written?.value.as_ref().map(|(value, _)| value)
}
