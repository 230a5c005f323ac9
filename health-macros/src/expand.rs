//! The function untouched, and behind it one static value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Type};

use crate::args::{Args, Class};
use crate::lints::{self, Refusals};
use crate::signature::{Argument, Form, Function};
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
            use #krate::__private as __health_check;
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
    let call = quote_spanned!(here=> #ident(#(#passed),*));
    let class = class(args);
    let returned = function.returned();
    let returned_span = returned.map_or(here, Type::span).resolved_at(here);
    let outcome = |value| quote_spanned!(returned_span=> __health_check::outcome::<__health_check::#class, #returned>(#value));
    let work = if function.signature.asyncness.is_some() {
        let outcome = outcome(quote_spanned!(here=> #call.await));
        quote_spanned!(here=> __health_check::Work::asynchronous(move || {
            #(let #locals = __health_check::Clone::clone(&#locals);)*
            async move { #outcome }
        }))
    } else {
        let outcome = outcome(call);
        quote_spanned!(here=> __health_check::Work::blocking(move || #outcome))
    };
    quote_spanned! {here=>
        |binder| {
            #(let #locals = #found;)*
            #(let #given = #given?;)*
            __health_check::Some(#work)
        }
    }
}

impl Argument {
    fn find(&self) -> TokenStream {
        let here = Span::mixed_site();
        let name = self.name.unraw().to_string();
        match &self.form {
            Form::Shared(state) => quote_spanned!(here=> binder.shared::<#state>(#name)),
            Form::Object(state) | Form::ObjectArc(state) => {
                quote_spanned!(here=> binder.object::<#state>(#name))
            }
            Form::SharedIfGiven(state) => quote_spanned!(here=> binder.shared_if_given::<#state>()),
            Form::ObjectIfGiven(state) => quote_spanned!(here=> binder.object_if_given::<#state>()),
            Form::Owned(state) => quote_spanned!(here=> binder.owned::<#state>(#name)),
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
            Form::ObjectArc(_) | Form::Owned(_) => {
                quote_spanned!(here=> __health_check::Clone::clone(&#local))
            }
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
