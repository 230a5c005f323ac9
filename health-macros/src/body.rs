//! Whether a body can fail, as far as that is certain.
//!
//! A body passes for certain when its last expression is a pass and nothing before it can leave
//! early, panic or hang on purpose. Then either nothing was asked at all, or the answer was thrown
//! away. Everything that is not known counts as a way to fail.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Arm, Block, Expr, ExprCall, ExprIf, ExprMethodCall, Pat, Stmt};

use crate::exits::{QUIET, ways_to_fail};
use crate::signature::names;

pub(crate) enum Fault {
    /// There is no body.
    None,
    /// Nothing is asked; the pass that is always returned.
    CannotFail(TokenStream),
    /// Something is asked and the answer is thrown away; where that happens.
    Swallows(TokenStream),
}

pub(crate) fn fault(body: &TokenStream) -> Option<Fault> {
    let Some(body) = braces(body) else {
        return Some(Fault::None);
    };
    let statements = Block::parse_within.parse2(body.stream()).ok()?;
    let (last, before) = statements.split_last()?;
    let last = match last {
        Stmt::Expr(last, None) => last,
        Stmt::Expr(Expr::Return(last), _) => last.expr.as_deref()?,
        _ => return None,
    };
    let thrown_away = match pass(last)? {
        Pass::Plain => before.iter().rev().find_map(thrown_away),
        Pass::Swallowing(place) => Some(place),
    };
    let returned = match statements.last() {
        Some(Stmt::Expr(Expr::Return(_), _)) => 1,
        _ => 0,
    };
    if ways_to_fail(body.stream()) > returned {
        return None;
    }
    match thrown_away {
        Some(place) => Some(Fault::Swallows(place)),
        None if before.iter().all(asks_nothing) => Some(Fault::CannotFail(last.to_token_stream())),
        None => None,
    }
}

pub(crate) fn braces(body: &TokenStream) -> Option<Group> {
    match body.clone().into_iter().next()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => braces(&group.stream()),
        _ => None,
    }
}

/// A value that is a pass for certain.
enum Pass {
    Plain,
    /// An error was made a pass here.
    Swallowing(TokenStream),
}

fn pass(value: &Expr) -> Option<Pass> {
    match value {
        Expr::Paren(inner) => pass(&inner.expr),
        Expr::Group(inner) => pass(&inner.expr),
        Expr::Call(call) if is_call_of(call, &["Ok"]) => passed_details(call.args.first()?),
        Expr::Call(call) if is_call_of(call, &["Outcome", "passed"]) => Some(Pass::Plain),
        Expr::MethodCall(call) => pass_from_method(call),
        Expr::Match(cases) => {
            let mut all = cases.arms.iter().map(|arm| pass(&arm.body));
            all.all(|arm| arm.is_some())
                .then(|| Pass::Swallowing(cases.match_token.to_token_stream()))
        }
        Expr::If(cases) => {
            let (_, otherwise) = cases.else_branch.as_ref()?;
            tail(&cases.then_branch)?;
            pass(otherwise)?;
            Some(Pass::Swallowing(cases.if_token.to_token_stream()))
        }
        Expr::Block(block) if block.label.is_none() => tail(&block.block),
        _ => None,
    }
}

fn tail(block: &Block) -> Option<Pass> {
    match block.stmts.last()? {
        Stmt::Expr(last, None) => pass(last),
        _ => None,
    }
}

/// In `Ok` there might be an `Outcome` that is not a pass, so only what is visibly none counts.
fn passed_details(details: &Expr) -> Option<Pass> {
    if let Expr::MethodCall(call) = details {
        let default = match (&*call.method.to_string(), call.args.first()) {
            ("unwrap_or_default", None) => true,
            ("unwrap_or", Some(default)) => is_plain(default),
            ("unwrap_or_else", Some(Expr::Closure(default))) => is_plain(&default.body),
            _ => false,
        };
        if default {
            return Some(Pass::Swallowing(call.method.to_token_stream()));
        }
    }
    is_plain(details).then_some(Pass::Plain)
}

fn pass_from_method(call: &ExprMethodCall) -> Option<Pass> {
    match (&*call.method.to_string(), call.args.first()?) {
        ("with_details", _) => pass(&call.receiver),
        ("or", instead) => pass(instead).map(|_| Pass::Swallowing(call.method.to_token_stream())),
        ("or_else", Expr::Closure(instead)) => {
            pass(&instead.body).map(|_| Pass::Swallowing(call.method.to_token_stream()))
        }
        _ => None,
    }
}

/// A value that is written out: no name that could hold something else, nothing asked.
fn is_plain(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) => true,
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Group(inner) => is_plain(&inner.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Expr::Array(array) => array.elems.iter().all(is_plain),
        Expr::Struct(fields) => fields.fields.iter().all(|field| is_plain(&field.expr)),
        Expr::Call(call) => {
            is_call_of(call, &["Outcome", "passed"]) || is_call_of(call, &["Default", "default"])
        }
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)),
        _ => false,
    }
}

fn is_call_of(call: &ExprCall, names: &[&str]) -> bool {
    let Expr::Path(function) = &*call.func else {
        return false;
    };
    let segments = &function.path.segments;
    segments.len() >= names.len()
        && segments
            .iter()
            .rev()
            .zip(names.iter().rev())
            .all(|(segment, name)| segment.ident == name)
}

/// Where a statement throws an answer away.
fn thrown_away(statement: &Stmt) -> Option<TokenStream> {
    match statement {
        Stmt::Local(local) => match (&local.pat, &local.init) {
            (Pat::Wild(wild), Some(init)) if asks(&init.expr) => Some(wild.to_token_stream()),
            _ => None,
        },
        Stmt::Expr(Expr::MethodCall(call), Some(_)) => is_lossy(call),
        Stmt::Expr(Expr::If(cases), _) => {
            let place = condition(cases)?;
            let otherwise = cases.else_branch.as_ref().map(|(_, otherwise)| otherwise);
            let quiet = cases.then_branch.stmts.iter().all(asks_nothing)
                && otherwise.is_none_or(|otherwise| !asks(otherwise));
            quiet.then_some(place)
        }
        Stmt::Expr(Expr::Match(cases), _) => {
            let quiet = |arm: &Arm| !asks(&arm.body);
            (asks(&cases.expr) && cases.arms.iter().all(quiet))
                .then(|| cases.match_token.to_token_stream())
        }
        _ => None,
    }
}

/// `x.ok();`
fn is_lossy(call: &ExprMethodCall) -> Option<TokenStream> {
    let lossy = [
        "ok",
        "err",
        "is_ok",
        "is_err",
        "unwrap_or",
        "unwrap_or_default",
        "unwrap_or_else",
    ];
    (lossy.contains(&&*call.method.to_string()) && asks(&call.receiver))
        .then(|| call.method.to_token_stream())
}

/// `if let Err(..) = x`, `if x.is_err()`
fn condition(cases: &ExprIf) -> Option<TokenStream> {
    match &*cases.cond {
        Expr::Let(condition) if asks(&condition.expr) => match &*condition.pat {
            Pat::TupleStruct(pattern) => {
                let name = pattern.path.segments.last()?;
                (name.ident == "Err" || name.ident == "Ok").then(|| pattern.to_token_stream())
            }
            _ => None,
        },
        Expr::MethodCall(call) => is_lossy(call),
        _ => None,
    }
}

/// Whether something is called, so that there is an answer.
fn asks(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) | Expr::Path(_) => false,
        Expr::Paren(inner) => asks(&inner.expr),
        Expr::Group(inner) => asks(&inner.expr),
        Expr::Reference(inner) => asks(&inner.expr),
        Expr::Field(field) => asks(&field.base),
        Expr::Tuple(tuple) => tuple.elems.iter().any(asks),
        Expr::Macro(call) => !names(&call.mac.path, QUIET),
        Expr::Block(block) => !block.block.stmts.iter().all(asks_nothing),
        _ => true,
    }
}

fn asks_nothing(statement: &Stmt) -> bool {
    match statement {
        Stmt::Local(local) => local.init.as_ref().is_none_or(|init| !asks(&init.expr)),
        Stmt::Item(_) => true,
        Stmt::Expr(value, _) => !asks(value),
        Stmt::Macro(call) => names(&call.mac.path, QUIET),
    }
}
