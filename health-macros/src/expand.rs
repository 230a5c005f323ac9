//! The function untouched, and behind it one static value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit};

use crate::args::{Args, Class};
use crate::lints::{self, Refusals};
use crate::signature::{Argument, Form, Function, result};
use crate::value::Written;

pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut refusals = Refusals::default();
    let args = Args::parse(attr, &mut refusals);
    lints::attribute(&args, &mut refusals);
    let mut registration = TokenStream::new();
    match syn::parse2::<Function>(item.clone()) {
        Ok(function) => {
            lints::function(&args, &function, &mut refusals);
            if refusals.is_empty() {
                registration = register(&args, &function);
            }
        }
        Err(_) => refusals.add(lints::not_a_function(&item)),
    }
    quote!(#item #refusals #registration)
}

fn register(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let krate = match &args.crate_path {
        Some(Some(path)) => path.to_token_stream(),
        _ => quote_spanned!(here=> ::health_core),
    };
    let cfgs = function.cfgs();
    let declaration = declaration(args, function);
    quote_spanned! {here=>
        #(#cfgs)*
        #[allow(deprecated)]
        const _: () = {
            use #krate::__private::{self as __health_check, BoxedWith as _, BoxedWithRefused as _, ReturnsOther as _, ReturnsResult as _};
            const __HEALTH_CHECK: __health_check::Declaration = #declaration;
            __health_check::submit!(__HEALTH_CHECK);
        };
    }
}

fn declaration(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let ident = &function.signature.ident;
    let name = match value(&args.name) {
        Some(name) => name.clone(),
        None => ident.unraw().to_string(),
    };
    let class = class(args);
    let description = description(function);
    let options = options(args);
    let needed_by = &args.needed_by;
    let bind = bind(args, function);
    quote_spanned! {here=>
        __health_check::Declaration {
            name: #name,
            class: __health_check::Class::#class,
            description: #description,
            options: #options,
            needed_by: &[#(#needed_by),*],
            location: __health_check::Location::caller(),
            function: || __health_check::type_id_of(&#ident),
            bind: #bind,
        }
    }
}

fn options(args: &Args) -> TokenStream {
    let here = Span::mixed_site();
    let mut options = TokenStream::new();
    for written in [&args.timeout, &args.interval, &args.retry]
        .into_iter()
        .flatten()
    {
        let key = &written.key;
        let millis = written
            .value
            .as_ref()
            .map(|(value, _)| value.as_millis() as u64);
        options.extend(quote_spanned! {here=>
            #key: __health_check::Some(__health_check::Duration::from_millis(#millis)),
        });
    }
    for written in [&args.fail_after, &args.pass_after].into_iter().flatten() {
        let key = &written.key;
        let count = written.value.as_ref().map(|(value, _)| value);
        options.extend(quote_spanned!(here=> #key: __health_check::Some(#count),));
    }
    quote_spanned!(here=> __health_check::Options { #options ..__health_check::Options::NONE })
}

fn bind(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let arguments = function.arguments();
    let locals: Vec<Ident> = (0..arguments.len())
        .map(|place| format_ident!("argument{place}", span = here))
        .collect();
    let found = arguments.iter().map(Argument::find);
    let given = locals
        .iter()
        .zip(&arguments)
        .filter(|(_, argument)| !argument.form.is_optional());
    let given = given.map(|(local, _)| local);
    let passed = locals
        .iter()
        .zip(&arguments)
        .map(|(local, argument)| argument.form.pass(local));
    let ident = &function.signature.ident;
    // Spanned at the name: this is where the compiler says that the future is not `Send`.
    let call = quote_spanned!(ident.span()=> #ident(#(#passed),*));
    let work = if function.signature.asyncness.is_some() {
        let boxed =
            quote_spanned!(ident.span()=> __health_check::With((#(&#locals),*)).boxed(#call));
        let outcome = outcome(args, function, &quote_spanned!(here=> #boxed.await));
        quote_spanned! {here=>
            __health_check::Work::asynchronous(move || {
                #(let #locals = __health_check::Clone::clone(&#locals);)*
                async move { #outcome }
            })
        }
    } else {
        let outcome = outcome(args, function, &call);
        quote_spanned!(here=> __health_check::Work::blocking(move || { #outcome }))
    };
    quote_spanned! {here=>
        |binder| {
            #(let #locals = #found;)*
            #(let #given = #given?;)*
            __health_check::Some(#work)
        }
    }
}

/// Reads what was returned; each method is spanned at what it would refuse.
fn outcome(args: &Args, function: &Function, call: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let class = class(args);
    let returned = function.returned();
    let (passed, failed) = match returned.map(result) {
        Some(Some((passed, failed))) => (token(passed), token(failed)),
        _ => (token(returned), token(returned)),
    };
    let passed = quote_spanned!(passed=> passed);
    let failed = quote_spanned!(failed=> failed);
    quote_spanned! {here=>
        let returned = __health_check::Returned::<__health_check::#class, #returned>::new();
        returned.outcome(#call, returned.#passed(), returned.#failed())
    }
}

/// The span of the token that says most.
fn token(tokens: impl ToTokens) -> Span {
    let tokens = tokens.to_token_stream().into_iter();
    let span = tokens.map(|token| token.span()).next();
    span.unwrap_or_else(Span::mixed_site)
        .resolved_at(Span::mixed_site())
}

impl Argument {
    fn find(&self) -> TokenStream {
        let here = Span::mixed_site();
        let name = self.name.unraw().to_string();
        match &self.form {
            Form::Shared(state) => {
                let shared = quote_spanned!(token(state)=> shared);
                quote_spanned!(here=> binder.#shared::<#state>(#name))
            }
            Form::Object(state) | Form::ObjectArc(state) => {
                let object = quote_spanned!(token(state)=> object);
                quote_spanned!(here=> binder.#object::<#state>(#name))
            }
            Form::SharedIfGiven(state) => {
                let shared = quote_spanned!(token(state)=> shared_if_given);
                quote_spanned!(here=> binder.#shared::<#state>())
            }
            Form::ObjectIfGiven(state) => {
                let object = quote_spanned!(token(state)=> object_if_given);
                quote_spanned!(here=> binder.#object::<#state>())
            }
            Form::Owned(state) => {
                let owned = quote_spanned!(token(state)=> owned);
                quote_spanned!(here=> binder.#owned::<#state>(#name))
            }
        }
    }
}

impl Form {
    fn is_optional(&self) -> bool {
        matches!(self, Form::SharedIfGiven(_) | Form::ObjectIfGiven(_))
    }

    fn pass(&self, local: &Ident) -> TokenStream {
        let here = Span::mixed_site();
        match self {
            Form::Shared(_) | Form::Object(_) => quote_spanned!(here=> &*#local),
            Form::SharedIfGiven(_) | Form::ObjectIfGiven(_) => {
                quote_spanned!(here=> #local.as_deref())
            }
            Form::ObjectArc(_) => quote_spanned!(here=> __health_check::Clone::clone(&#local)),
            Form::Owned(_) => quote_spanned!(here=> #local.value()),
        }
    }
}

fn class(args: &Args) -> Ident {
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
    let here = Span::mixed_site();
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
                computed.extend([
                    std::mem::take(&mut text).into_token_stream(),
                    doc.into_token_stream(),
                ]);
            }
        }
        text += "\n";
    }
    if computed.is_empty() {
        return text.trim().into_token_stream();
    }
    quote_spanned!(here=> __health_check::concat!(#(#computed,)* #text))
}

fn value<T>(written: &Option<Written<T>>) -> Option<&T> {
    written.as_ref()?.value.as_ref().map(|(value, _)| value)
}
