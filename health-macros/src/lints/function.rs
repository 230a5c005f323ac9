use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{FnArg, GenericArgument, Pat, PatType, PathArguments, Safety, Type};

use super::body::body;
use super::{Refusals, bad_name, is_name, refuse, written};
use crate::args::Args;
use crate::body::braces;
use crate::path::names;
use crate::signature::{Function, bare, generic};
use crate::words::Class;

pub(crate) fn not_a_function(item: &TokenStream) -> syn::Error {
    refuse(
        item,
        "a check is a function: put `health_check` on an `fn` or `async fn` that returns a `Result`",
    )
}

/// What the parser says of a function that cannot be read, and where; `None` of what is none.
pub(crate) fn unreadable(item: &TokenStream, error: &syn::Error) -> Option<(Span, String)> {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    item.clone().into_iter().find(is_fn)?;
    let at_the_end = error.to_string().starts_with("unexpected end of input");
    let last = item.clone().into_iter().last().filter(|_| at_the_end);
    let place = last.map_or(error.span(), |last| last.span());
    Some((
        place,
        format!("this function cannot be read, so it is no check: {error}"),
    ))
}

/// What can be made of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registrable {
    Yes,
    /// There is a mistake, but none that keeps the compiler from judging its types.
    Typed,
    No,
}

/// The rules for the function, and for the two together.
pub(crate) fn function(args: &Args, function: &Function, refusals: &mut Refusals) -> Registrable {
    let before = refusals.len();
    shape(function, refusals);
    let has_its_shape = refusals.len() == before;
    if has_its_shape || !function.registers_nothing() {
        name(args, function, refusals);
        liveness(args, function, refusals);
        body(args, function, refusals);
    }
    match (has_its_shape, refusals.len() == before) {
        (false, _) => Registrable::No,
        (true, false) => Registrable::Typed,
        (true, true) => Registrable::Yes,
    }
}

/// What has to be so for the function to be called with state.
fn shape(function: &Function, refusals: &mut Refusals) {
    // What else one of these is like is no mistake of its own.
    if let Some(error) = elsewhere(function) {
        return refusals.add(error);
    }
    repeated(function, refusals);
    qualifiers(function, refusals);
    generics(function, refusals);
    for input in &function.signature.inputs {
        if let Err(error) = argument(input) {
            refusals.add(error);
        }
    }
    returned(function, refusals);
    if braces(&function.body).is_none() {
        refusals.add(refuse(
            &function.signature.ident,
            "a check needs a body: put `health_check` on the function that answers",
        ));
    }
}

/// A function that is something else already.
fn elsewhere(function: &Function) -> Option<syn::Error> {
    if let Some(test) = function.attribute("test") {
        let message = "a check is not a test: write a test that calls it";
        return Some(refuse(test, message));
    }
    if let Some(runtime) = function.attribute("main") {
        return Some(refuse(
            runtime,
            "a check runs on the runtime of the service, and starts none: remove this",
        ));
    }
    let ident = &function.signature.ident;
    if ident == "main" {
        return Some(refuse(
            ident,
            "`main` starts the service, so as a check it would start it again and again: put `health_check` on a function of its own, such as `async fn database(pool: &Pool) -> Result<(), E>`",
        ));
    }
    if let Some(FnArg::Receiver(receiver)) = function.signature.inputs.first() {
        return Some(refuse(
            receiver,
            "a check has no `self`, since it is a free function: move it out of the `impl` block, and take the state as an argument such as `pool: &Pool`",
        ));
    }
    if let Some(own) = function.own_type() {
        return Some(refuse(
            own,
            "a check has no `Self`, since it is a free function: move it out of the `impl` block, and write the name of the type",
        ));
    }
    let of_async_trait = |lifetime: &syn::LifetimeParam| lifetime.lifetime.ident == "async_trait";
    if function.signature.generics.lifetimes().any(of_async_trait) {
        return Some(refuse(
            ident,
            "a check is a free function: move it out of the `async_trait` block",
        ));
    }
    None
}

fn repeated(function: &Function, refusals: &mut Refusals) {
    if let Some(again) = function.repeated() {
        refusals.add(refuse(
            again,
            "a function is one check: remove one `health_check`, or write a second function that calls this one",
        ));
    }
}

fn name(args: &Args, function: &Function, refusals: &mut Refusals) {
    let ident = &function.signature.ident;
    let name = ident.unraw().to_string();
    if !args.keys.iter().any(|key| key == "name") && !is_name(&name) {
        refusals.add(bad_name(ident, &name));
    }
}

fn liveness(args: &Args, function: &Function, refusals: &mut Refusals) {
    if let (Some((Class::Liveness, _)), Some(token)) = (&args.class, &function.signature.asyncness)
    {
        refusals.add(refuse(token, ASYNC_LIVENESS));
    }
}

fn qualifiers(function: &Function, refusals: &mut Refusals) {
    let signature = &function.signature;
    if let Safety::Unsafe(token) = &signature.safety {
        refusals.add(refuse(
            token,
            "an unsafe function cannot be a check, since nobody is there to keep its contract: remove `unsafe`, and use an `unsafe` block inside",
        ));
    }
    if let Some(abi) = &signature.abi {
        refusals.add(refuse(
            abi,
            "a check is called from Rust only: remove the `extern`",
        ));
    }
    if let Some(variadic) = &signature.variadic {
        refusals.add(refuse(variadic, "variadic arguments are not supported: the arguments of a check are its state, such as `pool: &Pool`"));
    }
}

const ASYNC_LIVENESS: &str = "a liveness check cannot be `async`: waiting for a dependency, it \
    would restart every instance when that dependency fails (a restart storm); write `critical` \
    for a dependency, or remove `async` and look only at this process";

fn generics(function: &Function, refusals: &mut Refusals) {
    let generics = &function.signature.generics;
    if generics.params.is_empty() {
        if let Some(clause) = &generics.where_clause {
            refusals.add(refuse(clause, "a check has no `where` clause: remove it"));
        }
    } else if generics.lifetimes().count() == generics.params.len() {
        refusals.add(refuse(
            generics,
            "explicit lifetimes are not supported, since state is lent to one run: remove them, here and in the arguments, or take an `Arc<T>`",
        ));
    } else {
        refusals.add(refuse(
            generics,
            "a generic check is not supported, since nobody says with which types to run it: write the types out, in one function for each",
        ));
    }
}

fn argument(input: &FnArg) -> syn::Result<()> {
    let FnArg::Typed(PatType { attrs, pat, ty, .. }) = input else {
        return Ok(());
    };
    let cfg =
        |attr: &&syn::Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
    if let Some(attr) = attrs.iter().find(cfg) {
        return Err(refuse(
            attr,
            "`cfg` on an argument of a check is not supported: write two functions, each with its own `cfg`",
        ));
    }
    match &**pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {}
        pat => {
            let (name, ty) = as_state(pat, ty);
            return Err(refuse(
                pat,
                format!(
                    "an argument of a check has a name, by which it is reported when its state is missing: write `{name}: {ty}`"
                ),
            ));
        }
    }
    state(ty)
}

/// `State(pool): State<Arc<Pool>>` as it would be right: `pool: &Pool`.
fn as_state(pat: &Pat, ty: &Type) -> (String, String) {
    match pat {
        Pat::Ident(name) => (name.ident.to_string(), borrowed(ty)),
        Pat::Reference(inner) => as_state(&inner.pat, ty),
        Pat::TupleStruct(wrapper) if wrapper.elems.len() == 1 => {
            let (name, _) = as_state(&wrapper.elems[0], ty);
            let inside = match generic(ty) {
                Some((wrapper_type, inner))
                    if names(&wrapper.path, &[&wrapper_type.to_string()]) =>
                {
                    inner
                }
                _ => ty,
            };
            let state = match generic(inside) {
                Some((arc, state)) if arc == "Arc" => state,
                _ => inside,
            };
            (name, borrowed(state))
        }
        _ => ("state".into(), borrowed(ty)),
    }
}

/// The form in which a check takes this type.
fn borrowed(ty: &Type) -> String {
    match bare(ty) {
        Type::Reference(reference) => reference_to(&reference.elem),
        Type::ImplTrait(implicit) => {
            let bounds = written(&implicit.bounds);
            match implicit.bounds.len() {
                1 => format!("&dyn {bounds}"),
                _ => format!("&(dyn {bounds})"),
            }
        }
        ty => match generic(ty) {
            Some((option, inner)) if option == "Option" => format!("Option<{}>", borrowed(inner)),
            Some((owner, object @ Type::TraitObject(_))) if owner == "Box" => reference_to(object),
            Some((arc, _)) if arc == "Arc" => written(ty),
            _ => reference_to(ty),
        },
    }
}

fn reference_to(ty: &Type) -> String {
    match bare(ty) {
        Type::TraitObject(object) if object.bounds.len() > 1 => format!("&({})", written(object)),
        ty => format!("&{}", written(ty)),
    }
}

/// What the compiler cannot say better by the type itself.
fn state(ty: &Type) -> syn::Result<()> {
    match bare(ty) {
        Type::Reference(reference) => {
            if let Some(mutability) = &reference.mutability {
                return Err(refuse(
                    mutability,
                    "state is shared, with the service and other runs: remove `mut`, and use a lock or an atomic inside if it must change",
                ));
            }
            match &reference.lifetime {
                // All others have to be declared, and are refused there.
                Some(lifetime) if lifetime.ident == "static" => Err(refuse(
                    lifetime,
                    "state is lent to one run: remove `'static`, or take an `Arc<T>` to keep it longer",
                )),
                _ => implicit(&reference.elem),
            }
        }
        ty => match generic(ty) {
            Some((option, inner)) if option == "Option" => match inner {
                Type::Reference(_) => state(inner),
                inner => {
                    let state = match generic(inner) {
                        Some((owner, state)) if owner == "Arc" || owner == "Box" => state,
                        _ => inner,
                    };
                    let state = reference_to(state);
                    Err(refuse(
                        ty,
                        format!("state that may be missing is borrowed: write `Option<{state}>`"),
                    ))
                }
            },
            _ => implicit(ty),
        },
    }
}

fn implicit(ty: &Type) -> syn::Result<()> {
    match bare(ty) {
        Type::ImplTrait(implicit) => {
            let bounds = written(&implicit.bounds);
            let object = borrowed(ty);
            Err(refuse(
                implicit,
                format!(
                    "`impl {bounds}` is not supported, since state is found by its type: write `{object}`, where the trait is `Send + Sync`, or the type itself"
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn returned(function: &Function, refusals: &mut Refusals) {
    let Some(ty) = function.returned().map(bare) else {
        return refusals.add(syn::Error::new(
            function.signature.paren_token.span.close(),
            "a check that returns nothing cannot fail: write `-> Result<(), E>` and say in `E` why it failed",
        ));
    };
    if let Some(output) = awaited(ty) {
        let async_fn = match function.signature.asyncness {
            Some(_) => "",
            None => "`async fn`, and ",
        };
        return refusals.add(refuse(
            ty,
            format!("a check is awaited by who asks it, so it returns no future: write {async_fn}`-> {output}`"),
        ));
    }
    match ty {
        Type::Never(_) => refusals.add(refuse(
            ty,
            "a check must return: write `-> Result<(), E>`",
        )),
        Type::ImplTrait(_) => refusals.add(refuse(
            ty,
            "`impl Trait` is not supported as what a check returns: write the type out, such as `-> Result<(), E>`",
        )),
        _ => {}
    }
}

/// What a future gives, if this is one.
fn awaited(ty: &Type) -> Option<String> {
    const FUTURES: [&str; 5] = ["BoxFuture", "LocalBoxFuture", "JoinHandle", "Ready", "Pin"];
    let tokens = ty.to_token_stream();
    let output = output(tokens.clone());
    match bare(ty) {
        Type::Path(path) if output.is_some() && names(&path.path, &["Pin", "Box"]) => output,
        Type::ImplTrait(_) if says_future(tokens) => output.or_else(unknown_output),
        Type::Path(path) if names(&path.path, &FUTURES) => {
            let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments
            else {
                return None;
            };
            let output = arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })?;
            (!names(&path.path, &["Pin"])).then(|| written(output))
        }
        _ => None,
    }
}

#[allow(clippy::unnecessary_wraps, reason = "what `or_else` takes")]
fn unknown_output() -> Option<String> {
    Some("Result<(), E>".into())
}

fn says_future(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Future",
        TokenTree::Group(group) => says_future(group.stream()),
        _ => false,
    })
}

/// The `T` of `Future<Output = T>`.
fn output(tokens: TokenStream) -> Option<String> {
    let mut tokens = tokens.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "Output"))?;
    tokens.next()?;
    let mut depth = 0;
    let output: TokenStream = tokens
        .take_while(|token| {
            depth += match token {
                TokenTree::Punct(punct) if punct.as_char() == '<' => 1,
                TokenTree::Punct(punct) if punct.as_char() == '>' => -1,
                _ => 0,
            };
            depth >= 0
        })
        .collect();
    syn::parse2::<Type>(output).ok().map(written)
}
