//! The closure that looks up the arguments of a check and calls it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

use crate::args::Args;
use crate::expand::class;
use crate::signature::{Argument, Form, Function, result};

pub(crate) fn bind(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let arguments = function.arguments();
    let locals: Vec<Ident> = (0..arguments.len())
        .map(|place| format_ident!("argument{place}", span = here))
        .collect();
    let found = arguments.iter().map(find);
    let both = || locals.iter().zip(&arguments);
    let required = both().filter(|(_, argument)| !is_optional(argument));
    let required = required.map(|(local, _)| local);
    let passed = both().map(|(local, argument)| pass(local, argument));
    let work = work(args, function, &locals, passed);
    quote_spanned! {here=>
        |binder| {
            #(let #locals = #found;)*
            #(let #required = #required?;)*
            __health_check::Some(#work)
        }
    }
}

fn work(
    args: &Args,
    function: &Function,
    locals: &[Ident],
    passed: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let here = Span::mixed_site();
    let ident = &function.signature.ident;
    // It is at the name that the compiler says when a future is not `Send`.
    let at_the_name = here.located_at(ident.span());
    let call = quote_spanned!(at_the_name=> #ident(#(#passed),*));
    if function.signature.asyncness.is_none() {
        let outcome = outcome(args, function, &call);
        return quote_spanned!(here=> __health_check::Work::blocking(move || { #outcome }));
    }
    let boxed = quote_spanned!(at_the_name=> __health_check::With((#(&#locals,)*)).boxed(#call));
    let outcome = outcome(args, function, &quote_spanned!(here=> #boxed.await));
    quote_spanned! {here=>
        __health_check::Work::asynchronous(move || {
            #(let #locals = __health_check::Clone::clone(&#locals);)*
            __health_check::Box::pin(async move { #outcome })
        })
    }
}

/// Reads what was returned; each method is spanned at what it would refuse.
fn outcome(args: &Args, function: &Function, call: &TokenStream) -> TokenStream {
    let class = class(args);
    let returned = function.returned();
    let (passed, failed) = match returned.and_then(result) {
        Some((passed, failed)) => (token(passed), token(failed)),
        None => (token(returned), token(returned)),
    };
    let passed = Ident::new("passed", passed);
    let failed = Ident::new("failed", failed);
    quote_spanned! {Span::mixed_site()=>
        let value = #call;
        let returned = &&&__health_check::Returned::<__health_check::#class, _>::of(&value);
        returned.outcome(value, returned.#passed(), returned.#failed())
    }
}

fn find(argument: &Argument) -> TokenStream {
    let (method, state) = match &argument.form {
        Form::Shared(state) => ("shared", state),
        Form::Object(state) | Form::ObjectArc(state) => ("object", state),
        Form::SharedIfGiven(state) => ("shared_if_given", state),
        Form::ObjectIfGiven(state) => ("object_if_given", state),
        Form::Owned(state) => ("owned", state),
    };
    let method = Ident::new(method, token(state));
    let name = (!is_optional(argument)).then(|| argument.name.unraw().to_string());
    quote_spanned!(Span::mixed_site()=> binder.#method::<#state>(#name))
}

fn pass(local: &Ident, argument: &Argument) -> TokenStream {
    let here = Span::mixed_site();
    match argument.form {
        Form::Shared(_) | Form::Object(_) => quote_spanned!(here=> &*#local),
        Form::SharedIfGiven(_) | Form::ObjectIfGiven(_) => {
            quote_spanned!(here=> #local.as_deref())
        }
        Form::ObjectArc(_) => quote_spanned!(here=> __health_check::Clone::clone(&#local)),
        Form::Owned(_) => quote_spanned!(here=> #local.value()),
    }
}

fn is_optional(argument: &Argument) -> bool {
    matches!(
        argument.form,
        Form::SharedIfGiven(_) | Form::ObjectIfGiven(_)
    )
}

/// Where a refusal of this type points: at its last name, or else at its first token.
fn token(ty: impl ToTokens) -> Span {
    let tokens = ty.to_token_stream();
    let name = match syn::parse2::<Type>(tokens.clone()) {
        Ok(Type::Path(path)) => path.path.segments.last().map(|last| last.ident.span()),
        _ => None,
    };
    let first = || tokens.into_iter().next().map(|token| token.span());
    let here = Span::mixed_site();
    here.located_at(name.or_else(first).unwrap_or(here))
}
