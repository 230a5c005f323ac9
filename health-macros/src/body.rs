//! Whether a body can fail, as far as that is certain.
//!
//! A body passes for certain when its last expression is a pass and nothing before it can leave
//! early, panic or hang on purpose. Then either nothing was asked at all, or the answer was thrown
//! away. Everything that is not known counts as a way to fail.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Arm, Block, Expr, ExprCall, ExprIf, ExprMethodCall, Pat, Stmt};

use crate::exits::{asks, asks_nothing, ways_to_fail};
use crate::signature::names;

pub(crate) enum Fault {
    /// There is no body.
    None,
    /// Nothing is asked; the pass that is always returned.
    CannotFail(TokenStream),
    /// Something is asked and the answer is thrown away.
    Swallows(Swallowed),
}

/// What is thrown away, and where.
pub(crate) struct Swallowed {
    pub(crate) what: What,
    pub(crate) place: TokenStream,
}

#[derive(Clone, Copy)]
pub(crate) enum What {
    /// For certain an error: there is an `Err` or an `Ok` to be seen.
    Error,
    /// An answer of any type.
    Answer,
    /// An error or nothing at all, which was replaced.
    Missing,
    /// What decides between several passes.
    Decision,
}

impl What {
    fn at(self, place: impl ToTokens) -> Swallowed {
        Swallowed {
            what: self,
            place: place.to_token_stream(),
        }
    }
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
        Pass::Swallowing(swallowed) => Some(swallowed),
    };
    let returned = match statements.last() {
        Some(Stmt::Expr(Expr::Return(_), _)) => 1,
        _ => 0,
    };
    if ways_to_fail(body.stream()) > returned || before.iter().any(might_panic) {
        return None;
    }
    match thrown_away {
        Some(swallowed) => Some(Fault::Swallows(swallowed)),
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
    /// Whatever was the answer, it was made a pass.
    Swallowing(Swallowed),
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
            let what = if cases.arms.iter().any(|arm| is_of_result(&arm.pat)) {
                What::Error
            } else {
                What::Decision
            };
            all.all(|arm| arm.is_some())
                .then(|| Pass::Swallowing(what.at(cases.match_token)))
        }
        Expr::If(cases) => {
            let (_, otherwise) = cases.else_branch.as_ref()?;
            tail(&cases.then_branch)?;
            pass(otherwise)?;
            let what = match condition(cases).map(|swallowed| swallowed.what) {
                Some(What::Error) => What::Error,
                _ => What::Decision,
            };
            Some(Pass::Swallowing(what.at(cases.if_token)))
        }
        Expr::Block(block) if block.label.is_none() => tail(&block.block),
        _ => None,
    }
}

fn tail(block: &Block) -> Option<Pass> {
    match block.stmts.split_last()? {
        (Stmt::Expr(last, None), before) if !before.iter().any(might_panic) => pass(last),
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
            return Some(Pass::Swallowing(What::Missing.at(&call.method)));
        }
    }
    is_plain(details).then_some(Pass::Plain)
}

fn pass_from_method(call: &ExprMethodCall) -> Option<Pass> {
    match (&*call.method.to_string(), call.args.first()?) {
        ("with_details", _) => pass(&call.receiver),
        ("or", instead) => pass(instead).map(|_| Pass::Swallowing(What::Error.at(&call.method))),
        ("or_else", Expr::Closure(instead)) => {
            pass(&instead.body).map(|_| Pass::Swallowing(What::Error.at(&call.method)))
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
fn thrown_away(statement: &Stmt) -> Option<Swallowed> {
    match statement {
        Stmt::Local(local) => match (&local.pat, &local.init) {
            (Pat::Wild(wild), Some(init)) if asks(&init.expr) => Some(What::Answer.at(wild)),
            _ => None,
        },
        Stmt::Expr(Expr::MethodCall(call), Some(_)) => is_lossy(call),
        Stmt::Expr(Expr::If(cases), _) => {
            let swallowed = condition(cases)?;
            let otherwise = cases.else_branch.as_ref().map(|(_, otherwise)| otherwise);
            let quiet = cases.then_branch.stmts.iter().all(asks_nothing)
                && otherwise.is_none_or(|otherwise| !asks(otherwise));
            quiet.then_some(swallowed)
        }
        Stmt::Expr(Expr::Match(cases), _) => {
            let quiet = |arm: &Arm| !asks(&arm.body);
            let what = if cases.arms.iter().any(|arm| is_of_result(&arm.pat)) {
                What::Error
            } else {
                What::Answer
            };
            (asks(&cases.expr) && cases.arms.iter().all(quiet)).then(|| what.at(cases.match_token))
        }
        _ => None,
    }
}

/// `x.ok();`
fn is_lossy(call: &ExprMethodCall) -> Option<Swallowed> {
    let lossy = [
        "ok",
        "err",
        "is_ok",
        "is_err",
        "unwrap_or",
        "unwrap_or_default",
        "unwrap_or_else",
    ];
    let method = call.method.to_string();
    let what = match &*method {
        "is_ok" | "is_err" => What::Error,
        _ => What::Answer,
    };
    (lossy.contains(&&*method) && asks(&call.receiver)).then(|| what.at(&call.method))
}

/// `if let Err(..) = x`, `if x.is_err()`
fn condition(cases: &ExprIf) -> Option<Swallowed> {
    match &*cases.cond {
        Expr::Let(condition) if asks(&condition.expr) => {
            is_of_result(&condition.pat).then(|| What::Error.at(&condition.pat))
        }
        Expr::MethodCall(call) => is_lossy(call),
        _ => None,
    }
}

/// `Err(..)`, `Ok(..)`
fn is_of_result(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(pattern) => names(&pattern.path, &["Err", "Ok"]),
        Pat::Or(either) => either.cases.iter().any(is_of_result),
        _ => false,
    }
}

/// `verify(pool);`: nobody looks at an answer, so it might be there to panic.
fn might_panic(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(value, _) if asks(value)) && thrown_away(statement).is_none()
}
