//! Reads the function up to its body. The body stays tokens: it may be half typed.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Meta, Pat, PatType, PathArguments, ReturnType, Type,
    Visibility,
};

use crate::path::names;
use crate::words::Class;

/// A function, as far as its registration needs it.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: syn::Signature,
    pub(crate) body: TokenStream,
}

/// An argument, and how it is bound to its state.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) form: Form,
}

pub(crate) enum Form {
    /// `&T`
    Shared(Type),
    /// `&dyn Trait`
    Object(Type),
    /// `Option<&T>`
    SharedIfGiven(Type),
    /// `Option<&dyn Trait>`
    ObjectIfGiven(Type),
    /// `Arc<dyn Trait>`
    ObjectArc(Type),
    /// `Arc<T>`
    Arc(Type),
    /// One of these by another name, perhaps: that is for the compiler to see.
    Other(Type),
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Function> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        Ok(Function {
            attributes,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Function {
    /// Whether nothing can stand behind it: it is in a `trait` or an `impl`, as far as that is to
    /// be seen, or something stands there already.
    pub(crate) fn registers_nothing(&self) -> bool {
        let has_no_body = crate::body::braces(&self.body).is_none();
        let of_a_type = self.has_receiver() || self.own_type().is_some();
        has_no_body || of_a_type || self.repeated().is_some()
    }

    /// A second `health_check`, whatever it was renamed to.
    pub(crate) fn repeated(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| {
            names(attribute.path(), &["health_check"]) || begins_with_a_class(attribute)
        })
    }

    /// `#[test]`, `#[tokio::test]`
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let is_it = |attribute: &&Attribute| names(attribute.path(), &[name]);
        self.attributes.iter().find(is_it)
    }

    pub(crate) fn has_receiver(&self) -> bool {
        self.signature.receiver().is_some()
    }

    pub(crate) fn own_type(&self) -> Option<TokenTree> {
        let inputs = self.signature.inputs.to_token_stream();
        let output = self.signature.output.to_token_stream();
        find(inputs.into_iter().chain(output), "Self")
    }

    /// The arguments that are names with a type; the others are refused.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        let inputs = self.signature.inputs.iter();
        inputs.filter_map(Argument::from).collect()
    }

    pub(crate) fn returned(&self) -> Option<&Type> {
        match &self.signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, returned) => Some(returned),
        }
    }

    /// The doc comment, line by line.
    pub(crate) fn docs(&self) -> impl Iterator<Item = &Expr> {
        self.attributes
            .iter()
            .filter_map(|attribute| match &attribute.meta {
                Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(&doc.value),
                _ => None,
            })
    }
}

fn find(tokens: impl IntoIterator<Item = TokenTree>, word: &str) -> Option<TokenTree> {
    tokens.into_iter().find_map(|token| match &token {
        TokenTree::Ident(ident) if ident == word => Some(token),
        TokenTree::Group(group) => find(group.stream(), word),
        _ => None,
    })
}

impl Argument {
    fn from(input: &FnArg) -> Option<Argument> {
        match input {
            FnArg::Typed(PatType { pat, ty, .. }) => match &**pat {
                Pat::Ident(name) => Some(Argument {
                    name: name.ident.clone(),
                    form: Form::of(ty),
                }),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        }
    }
}

impl Form {
    fn of(ty: &Type) -> Form {
        if let Type::Reference(reference) = bare(ty) {
            let state = bare(&reference.elem).clone();
            return match state {
                Type::TraitObject(_) => Form::Object(state),
                _ => Form::Shared(state),
            };
        }
        match generic(ty) {
            Some((name, Type::Reference(reference))) if name == "Option" => {
                let state = bare(&reference.elem).clone();
                match state {
                    Type::TraitObject(_) => Form::ObjectIfGiven(state),
                    _ => Form::SharedIfGiven(state),
                }
            }
            Some((name, object @ Type::TraitObject(_))) if name == "Arc" => {
                Form::ObjectArc(object.clone())
            }
            Some((name, state)) if name == "Arc" => Form::Arc(state.clone()),
            _ => Form::Other(ty.clone()),
        }
    }
}

/// `#[check(critical, ..)]`
fn begins_with_a_class(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut tokens = list.tokens.clone().into_iter();
    let is_class = matches!(tokens.next(), Some(TokenTree::Ident(word)) if Class::from(&word.to_string()).is_some());
    let ends = match tokens.next() {
        None => true,
        Some(TokenTree::Punct(comma)) => comma.as_char() == ',',
        Some(_) => false,
    };
    is_class && ends
}

/// The `Option` and `T` of `Option<T>`.
pub(crate) fn generic(ty: &Type) -> Option<(&Ident, &Type)> {
    match applied(ty)? {
        (name, arguments) if arguments.len() == 1 => Some((name, arguments[0])),
        _ => None,
    }
}

/// The `T` and `E` of `Result<T, E>`.
pub(crate) fn result(ty: &Type) -> Option<(&Type, &Type)> {
    match applied(ty)? {
        (name, arguments) if name == "Result" && arguments.len() == 2 => {
            Some((arguments[0], arguments[1]))
        }
        _ => None,
    }
}

/// The `Option` of `std::option::Option<T>`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match bare(ty) {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn applied(ty: &Type) -> Option<(&Ident, Vec<&Type>)> {
    let Type::Path(path) = bare(ty) else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(argument) => Some(bare(argument)),
        _ => None,
    });
    Some((&last.ident, types.collect::<Option<_>>()?))
}

/// The type without parentheses, or what `macro_rules!` puts around it.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}
