//! The arguments of a check as data, and the one function that calls it with them.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

use crate::args::Args;
use crate::signature::{Argument, Form, Function, result};
use crate::words::Class;

/// The name of each argument, and how its state is found.
pub(crate) fn arguments(function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let arguments = function.arguments();
    let arguments = arguments.iter().map(|argument| {
        let (find, state) = match &argument.form {
            Form::Shared(state) | Form::Arc(state) => ("shared", state),
            Form::Object(state) | Form::ObjectArc(state) => ("object", state),
            Form::SharedIfGiven(state) => ("shared_if_given", state),
            Form::ObjectIfGiven(state) => ("object_if_given", state),
            Form::Other(state) => ("owned", state),
        };
        let find = Ident::new(find, here);
        let name = argument.name.unraw().to_string();
        quote_spanned!(here=> (#name, __health_check::#find::<#state>))
    });
    quote_spanned!(here=> &[#(#arguments),*])
}

/// `fn __health_check_run(bound: &Bound)`: calls the check with its state, and reads what it returned.
///
/// It is compiled once for each check, so everything that does not name the check is elsewhere.
pub(crate) fn run(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let arguments = function.arguments();
    let locals: Vec<Ident> = (0..arguments.len())
        .map(|place| format_ident!("a{place}", span = here))
        .collect();
    let taken = arguments.iter().enumerate().map(take);
    let passed = arguments.iter().zip(&locals).map(pass);
    let call = call(function, passed);
    let class = class(args);
    let (passed, failed) = reads(function);
    let read = |returned: &TokenStream, method: &TokenStream| {
        quote_spanned! {here=>
            (&&&&__health_check::Returned::<__health_check::#class, _>::#returned(&value))
                .#method::<#passed, #failed>(value)
        }
    };
    let (output, steps) = if function.signature.asyncness.is_some() {
        let value = at(
            function.signature.ident.span(),
            &quote_spanned!(here=> value),
        );
        let read = read(
            &quote_spanned!(here=> later),
            &quote_spanned!(here=> __health_await),
        );
        // The call first: it is by the call that the types of the arguments are known.
        let steps = quote_spanned! {here=>
            let value = #call;
            let value = __health_check::With((#(&#locals,)*)).__health_boxed(#value);
            #read
        };
        (quote_spanned!(here=> __health_check::Running<'_>), steps)
    } else {
        let read = read(
            &quote_spanned!(here=> by),
            &quote_spanned!(here=> __health_read),
        );
        let steps = quote_spanned! {here=>
            let value = #call;
            #read
        };
        (quote_spanned!(here=> __health_check::Outcome), steps)
    };
    quote_spanned! {here=>
        fn __health_check_run(bound: &__health_check::Bound) -> #output {
            #(let #locals = #taken;)*
            #steps
        }
    }
}

/// The call itself is where the user's name is: there the compiler says that a future is not `Send`.
fn call(function: &Function, passed: impl Iterator<Item = TokenStream>) -> TokenStream {
    let ident = &function.signature.ident;
    let passed = quote_spanned!(Span::mixed_site()=> #(#passed),*);
    let mut arguments = Group::new(Delimiter::Parenthesis, passed);
    arguments.set_span(ident.span());
    let mut call = ident.to_token_stream();
    call.extend([proc_macro2::TokenTree::from(arguments)]);
    call
}

/// An `Arc` stays, so that its type can be asked for after the call.
fn pass((argument, local): (&Argument, &Ident)) -> TokenStream {
    let here = Span::mixed_site();
    match &argument.form {
        Form::Arc(_) | Form::ObjectArc(_) => {
            quote_spanned!(here=> __health_check::Clone::clone(&#local))
        }
        Form::Other(_) => quote_spanned!(here=> #local.__health_take(bound)),
        Form::Shared(_) | Form::Object(_) | Form::SharedIfGiven(_) | Form::ObjectIfGiven(_) => {
            local.to_token_stream()
        }
    }
}

fn take((place, argument): (usize, &Argument)) -> TokenStream {
    let here = Span::mixed_site();
    let place = Literal::usize_unsuffixed(place);
    let method = match &argument.form {
        Form::Shared(_) | Form::Object(_) => "shared",
        Form::SharedIfGiven(_) | Form::ObjectIfGiven(_) => "shared_if_given",
        Form::Arc(_) | Form::ObjectArc(_) => "arc",
        Form::Other(state) => {
            return quote_spanned!(here=> __health_check::Take::<#state>::at(#place));
        }
    };
    let method = Ident::new(method, here);
    quote_spanned!(here=> bound.#method(#place))
}

/// The types that were returned, left open, each where it would be refused. An editor sees nothing
/// there: what is a name would be one more thing to go to.
fn reads(function: &Function) -> (TokenStream, TokenStream) {
    let returned = function.returned();
    let (passed, failed) = match returned.and_then(result) {
        Some((passed, failed)) => (token(passed), token(failed)),
        None => (token(returned), token(returned)),
    };
    (quote_spanned!(passed=> _), quote_spanned!(failed=> _))
}

/// A value that the compiler takes to be written there, and an editor does not.
fn at(place: Span, value: &TokenStream) -> TokenStream {
    let mut braces = Group::new(Delimiter::Brace, value.clone());
    braces.set_span(place);
    braces.into_token_stream()
}

/// Whether checks of this class may report `degraded` by themselves.
fn class(args: &Args) -> Ident {
    let class = match &args.class {
        Some((Class::Startup | Class::Liveness, _)) => "Strict",
        Some((Class::Critical | Class::Degraded, _)) | None => "Degrading",
    };
    Ident::new(class, Span::mixed_site())
}

/// Where a refusal of this type points: at its last name, or else at its first token.
fn token(ty: impl ToTokens) -> Span {
    let tokens = ty.to_token_stream();
    let name = match syn::parse2::<Type>(tokens.clone()) {
        Ok(Type::Path(path)) => path.path.segments.last().map(|last| last.ident.span()),
        _ => None,
    };
    let first = || tokens.into_iter().next().map(|token| token.span());
    name.or_else(first).unwrap_or_else(Span::mixed_site)
}
