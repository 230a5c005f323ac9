use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{FnArg, Pat, PatType, Safety, Type};

use super::body::body;
use super::{Refusals, bad_name, is_name, refuse, written};
use crate::args::{Args, Class};
use crate::signature::{Function, bare, generic};

pub(crate) fn not_a_function(item: &TokenStream) -> syn::Error {
    refuse(
        item,
        "a check is a function: put `health_check` on an `fn` or `async fn` that returns a `Result`",
    )
}

/// The rules for the function, and for the two together; whether it keeps them all.
pub(crate) fn function(args: &Args, function: &Function, refusals: &mut Refusals) -> bool {
    if let Some(test) = function.test() {
        // What else a test is like is no mistake of a test.
        refusals.add(refuse(
            test,
            "a check is not a test: write a test that calls it",
        ));
        return false;
    }
    let before = refusals.len();
    name(args, function, refusals);
    repeated(function, refusals);
    qualifiers(args, function, refusals);
    generics(function, refusals);
    of_a_type(function, refusals);
    for input in &function.signature.inputs {
        if let Err(error) = argument(input) {
            refusals.add(error);
        }
    }
    returned(function, refusals);
    body(args, function, refusals);
    refusals.len() == before
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

fn qualifiers(args: &Args, function: &Function, refusals: &mut Refusals) {
    let signature = &function.signature;
    if let (Some((Class::Liveness, _)), Some(token)) = (&args.class, &signature.asyncness) {
        refusals.add(refuse(token, ASYNC_LIVENESS));
    }
    if let Some(token) = &signature.constness {
        refusals.add(refuse(
            token,
            "a check is asked again and again, at run time: remove `const`",
        ));
    }
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

/// In an `impl` block nothing can be registered; sometimes that is to be seen.
fn of_a_type(function: &Function, refusals: &mut Refusals) {
    match function.own_type() {
        Some(own) if !function.has_receiver() => refusals.add(refuse(
            own,
            "a check has no `Self`, since it is a free function: move it out of the `impl` block, and write the name of the type",
        )),
        _ => {}
    }
}

fn argument(input: &FnArg) -> syn::Result<()> {
    let FnArg::Typed(PatType { attrs, pat, ty, .. }) = input else {
        return Err(refuse(
            input,
            "a check has no `self`, since it is a free function: move it out of the `impl` block, and take the state as an argument such as `pool: &Pool`",
        ));
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
            let ty = written(ty);
            return Err(refuse(
                pat,
                format!(
                    "an argument of a check has a name, by which it is reported when its state is missing: write `name: {ty}`"
                ),
            ));
        }
    }
    state(ty)
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
                        Some((arc, state)) if arc == "Arc" => state,
                        _ => inner,
                    };
                    let state = written(state);
                    Err(refuse(
                        ty,
                        format!("state that may be missing is borrowed: write `Option<&{state}>`"),
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
            let object = match implicit.bounds.len() {
                1 => format!("&dyn {bounds}"),
                _ => format!("&(dyn {bounds})"),
            };
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
    match function.returned().map(bare) {
        None => refusals.add(syn::Error::new(
            function.signature.paren_token.span.close(),
            "a check that returns nothing cannot fail: write `-> Result<(), E>` and say in `E` why it failed",
        )),
        Some(ty @ Type::Never(_)) => refusals.add(refuse(
            ty,
            "a check must return: write `-> Result<(), E>`",
        )),
        Some(ty @ Type::ImplTrait(_)) => refusals.add(refuse(
            ty,
            "`impl Trait` is not supported as what a check returns: write the type out, such as `Result<(), E>`; for a future, write `async fn`",
        )),
        Some(_) => {}
    }
}
