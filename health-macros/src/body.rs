//! Whether a body can fail, as far as that is to be seen.
//!
//! A body passes whatever the answer is when its last expression is a pass, and nothing before it
//! leaves early, panics on purpose, or may be there to panic or to hang. Then either nothing was
//! asked at all, or the answer was thrown away. What is not known counts as a way to fail.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{
    Arm, BinOp, Block, Expr, ExprCall, ExprClosure, ExprIf, ExprMethodCall, Local, Pat, Stmt, UnOp,
};

use crate::calls::{asks, is_awaited, is_quiet_call, might_be_the_check, starts_a_task};
use crate::exits::{mentions, ways_to_fail};
use crate::path::names;

pub(crate) enum Fault {
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
    /// A task that nobody waits for.
    Task,
}

impl What {
    fn at(self, place: impl ToTokens) -> Swallowed {
        Swallowed {
            what: self,
            place: place.to_token_stream(),
        }
    }
}

/// What is wrong with a body; a half typed one is not judged.
pub(crate) fn fault(body: &TokenStream) -> Result<Option<Fault>, HalfTyped> {
    let Some(body) = braces(body) else {
        return Ok(None);
    };
    // Most bodies hand an error on, and need no more than a look.
    if ways_to_fail(body.stream(), &|_| true) > 0 {
        return Ok(None);
    }
    let statements = Block::parse_within
        .parse2(body.stream())
        .map_err(|_| HalfTyped)?;
    Ok(judged(&statements, body.stream()))
}

#[derive(Debug)]
pub(crate) struct HalfTyped;

fn judged(statements: &[Stmt], body: TokenStream) -> Option<Fault> {
    let (last, before) = statements.split_last()?;
    let last = match last {
        Stmt::Expr(last, None) => last,
        Stmt::Expr(Expr::Return(last), _) => last.expr.as_deref()?,
        _ => return None,
    };
    let scope = Scope::of(before);
    let pass = scope.pass(last)?;
    if ways_to_fail(body, &|returned| scope.pass(returned).is_some()) > 0 {
        return None;
    }
    let steps: Vec<Step> = before
        .iter()
        .map(|statement| scope.step(statement))
        .collect();
    if !all_settled(before, &steps, last, &pass) {
        return None;
    }
    if let Pass::Swallowing(swallowed) = pass {
        return Some(Fault::Swallows(swallowed));
    }
    // To note something down is nothing beside another question, but alone it may be one.
    let notes = |statement: &Stmt| matches!(statement, Stmt::Expr(Expr::MethodCall(call), _) if is_quiet_call(call));
    let asks = before.iter().any(notes) || steps.iter().any(|step| !matches!(step, Step::Quiet));
    let thrown = steps.into_iter().rev().find_map(|step| match step {
        Step::Throws(swallowed) => Some(swallowed),
        _ => None,
    });
    match thrown {
        Some(swallowed) => Some(Fault::Swallows(swallowed)),
        None if asks => None,
        None => Some(Fault::CannotFail(last.to_token_stream())),
    }
}

/// Whether everything that may be the check only leads to an answer that is thrown away.
fn all_settled(before: &[Stmt], steps: &[Step], last: &Expr, pass: &Pass) -> bool {
    let mut thrown: TokenStream = match pass {
        Pass::Plain => TokenStream::new(),
        Pass::Swallowing(_) => last.to_token_stream(),
    };
    // A variable is set before it is used.
    for (statement, step) in before.iter().zip(steps).rev() {
        match (step, statement) {
            (Step::Quiet, _) => {}
            (Step::Throws(_), _) => statement.to_tokens(&mut thrown),
            (Step::Opaque, Stmt::Local(Local { pat, .. })) => {
                if !name(pat).is_some_and(|name| mentions(&thrown, &name)) {
                    return false;
                }
                statement.to_tokens(&mut thrown);
            }
            (Step::Opaque, _) => return false,
        }
    }
    true
}

pub(crate) fn braces(body: &TokenStream) -> Option<Group> {
    match body.clone().into_iter().next()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => braces(&group.stream()),
        _ => None,
    }
}

/// What a statement does for the check.
enum Step {
    /// Nothing.
    Quiet,
    /// It asks, and throws the answer away.
    Throws(Swallowed),
    /// It may be the check: it might panic or hang, or nobody here knows what it is for.
    Opaque,
}

/// A value that is a pass for certain.
enum Pass {
    Plain,
    /// Whatever was the answer, it was made a pass.
    Swallowing(Swallowed),
}

/// The variables that are set once, and what to.
struct Scope<'b> {
    locals: Vec<(String, &'b Expr)>,
    after: Vec<&'b Stmt>,
}

impl<'b> Scope<'b> {
    fn of(statements: &'b [Stmt]) -> Scope<'b> {
        let set_once = statements.iter().filter_map(|statement| match statement {
            Stmt::Local(Local {
                pat,
                init: Some(init),
                ..
            }) if init.diverge.is_none() => Some((name(pat)?, &*init.expr)),
            _ => None,
        });
        Scope {
            locals: set_once.collect(),
            after: statements.iter().collect(),
        }
    }

    /// What stands for a value: of a variable, what it was set to.
    fn resolved<'e>(&self, value: &'e Expr) -> &'e Expr
    where
        'b: 'e,
    {
        match value {
            Expr::Paren(inner) => self.resolved(&inner.expr),
            Expr::Group(inner) => self.resolved(&inner.expr),
            Expr::Reference(inner) => self.resolved(&inner.expr),
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                let local = self
                    .locals
                    .iter()
                    .rev()
                    .find(|(n, _)| Some(n) == name.as_ref());
                local.map_or(value, |(_, init)| init)
            }
            value => value,
        }
    }

    fn asks(&self, value: &Expr) -> bool {
        asks(self.resolved(value))
    }

    fn pass(&self, value: &Expr) -> Option<Pass> {
        match value {
            Expr::Paren(inner) => self.pass(&inner.expr),
            Expr::Group(inner) => self.pass(&inner.expr),
            Expr::Cast(inner) => self.pass(&inner.expr),
            Expr::Return(inner) => self.pass(inner.expr.as_deref()?),
            Expr::Path(_) => match self.resolved(value) {
                Expr::Path(_) => None,
                init => self.pass(init),
            },
            Expr::Await(inner) => match &*inner.base {
                Expr::Async(block) => self.tail(&block.block),
                Expr::Call(call) if is_call_of(call, &["ready"]) => self.pass(call.args.first()?),
                _ => None,
            },
            Expr::Call(call) if is_call_of(call, &["Ok"]) => {
                self.passed_details(call.args.first()?)
            }
            Expr::Call(call) if is_call_of(call, &["Outcome", "passed"]) => Some(Pass::Plain),
            Expr::Call(call) => match &*call.func {
                Expr::Paren(function) if call.args.is_empty() => match &*function.expr {
                    Expr::Closure(closure) => self.pass(&closure.body),
                    _ => None,
                },
                _ => None,
            },
            Expr::MethodCall(call) => self.pass_from_method(call),
            Expr::Match(cases) => {
                let mut all = cases.arms.iter().map(|arm| self.pass(&arm.body));
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
                self.tail(&cases.then_branch)?;
                self.pass(otherwise)?;
                let what = match self.condition(&cases.cond).map(|swallowed| swallowed.what) {
                    Some(What::Error) => What::Error,
                    _ => What::Decision,
                };
                Some(Pass::Swallowing(what.at(cases.if_token)))
            }
            Expr::Block(block) if block.label.is_none() => self.tail(&block.block),
            Expr::Unsafe(block) => self.tail(&block.block),
            _ => None,
        }
    }

    /// The pass at the end of a block, when nothing in it may be the check.
    fn tail(&self, block: &Block) -> Option<Pass> {
        let (last, before) = block.stmts.split_last()?;
        let (Stmt::Expr(last, None) | Stmt::Expr(last @ Expr::Return(_), Some(_))) = last else {
            return None;
        };
        let scope = self.inside(before);
        let mut thrown = None;
        for statement in before {
            match scope.step(statement) {
                Step::Quiet => {}
                Step::Throws(swallowed) => thrown = Some(swallowed),
                Step::Opaque => return None,
            }
        }
        match (scope.pass(last)?, thrown) {
            (Pass::Plain, Some(swallowed)) => Some(Pass::Swallowing(swallowed)),
            (pass, _) => Some(pass),
        }
    }

    fn inside<'i>(&self, statements: &'i [Stmt]) -> Scope<'i>
    where
        'b: 'i,
    {
        let inner = Scope::of(statements);
        let mut locals: Vec<(String, &'i Expr)> = Vec::new();
        for (name, init) in &self.locals {
            locals.push((name.clone(), init));
        }
        locals.extend(inner.locals);
        let mut after: Vec<&'i Stmt> = inner.after;
        for statement in &self.after {
            after.push(statement);
        }
        Scope { locals, after }
    }

    /// In `Ok` there might be an `Outcome` that is not a pass, so only what is visibly none counts.
    fn passed_details(&self, details: &Expr) -> Option<Pass> {
        match self.resolved(details) {
            Expr::MethodCall(call) => {
                let mut arguments = call.args.iter();
                let replaces = match (
                    &*call.method.to_string(),
                    arguments.next(),
                    arguments.next(),
                ) {
                    ("unwrap_or_default" | "is_ok" | "is_err", None, None) => true,
                    ("unwrap_or" | "map_or", Some(default), _) => is_plain(default),
                    ("unwrap_or_else" | "map_or_else", Some(Expr::Closure(default)), _) => {
                        self.is_plain_closure(default)
                    }
                    _ => false,
                };
                if replaces && asks(&call.receiver) {
                    return Some(Pass::Swallowing(What::Missing.at(&call.method)));
                }
            }
            Expr::Match(cases) if cases.arms.iter().any(|arm| is_of_result(&arm.pat)) => {
                let bound = |arm: &Arm| is_plain(&arm.body) || is_what_was_bound(arm);
                let replaced = |arm: &Arm| is_plain(&arm.body) && !is_what_was_bound(arm);
                if cases.arms.iter().all(bound) && cases.arms.iter().any(replaced) {
                    return Some(Pass::Swallowing(What::Missing.at(cases.match_token)));
                }
            }
            Expr::Struct(fields) if fields.rest.is_none() => {
                let mut swallowed = None;
                for field in &fields.fields {
                    match self.passed_details(&field.expr)? {
                        Pass::Plain => {}
                        Pass::Swallowing(here) => swallowed = Some(here),
                    }
                }
                return Some(swallowed.map_or(Pass::Plain, Pass::Swallowing));
            }
            _ => {}
        }
        is_plain(details).then_some(Pass::Plain)
    }

    fn is_plain_closure(&self, closure: &ExprClosure) -> bool {
        let Expr::Block(block) = &*closure.body else {
            return is_plain(&closure.body);
        };
        match block.block.stmts.split_last() {
            Some((Stmt::Expr(last, None), before)) => {
                is_plain(last) && before.iter().all(|step| self.is_quiet(step))
            }
            _ => false,
        }
    }

    fn pass_from_method(&self, call: &ExprMethodCall) -> Option<Pass> {
        let swallowed = || Pass::Swallowing(What::Error.at(&call.method));
        let mut arguments = call.args.iter();
        match (
            &*call.method.to_string(),
            arguments.next(),
            arguments.next(),
        ) {
            ("with_details", Some(_), None) => self.pass(&call.receiver),
            ("or", Some(instead), None) => self.pass(instead).map(|_| swallowed()),
            ("or_else", Some(Expr::Closure(instead)), None) => {
                self.pass(&instead.body).map(|_| swallowed())
            }
            ("map_or", Some(instead), Some(Expr::Closure(then))) => {
                self.pass(instead)?;
                self.pass(&then.body).map(|_| swallowed())
            }
            ("map_or_else", Some(Expr::Closure(instead)), Some(Expr::Closure(then))) => {
                self.pass(&instead.body)?;
                self.pass(&then.body).map(|_| swallowed())
            }
            ("unwrap_or", Some(instead), None) => {
                self.pass_of_map(&call.receiver)?;
                self.pass(instead).map(|_| swallowed())
            }
            ("unwrap_or_else", Some(Expr::Closure(instead)), None) => {
                self.pass_of_map(&call.receiver)?;
                self.pass(&instead.body).map(|_| swallowed())
            }
            _ => None,
        }
    }

    /// `x.map(|_| Outcome::passed())`
    fn pass_of_map(&self, receiver: &Expr) -> Option<Pass> {
        match receiver {
            Expr::MethodCall(call) if call.method == "map" => match call.args.first()? {
                Expr::Closure(then) => self.pass(&then.body),
                _ => None,
            },
            _ => None,
        }
    }

    fn step(&self, statement: &Stmt) -> Step {
        match statement {
            // A macro that is not quiet is a way to fail, and was counted.
            Stmt::Item(_) | Stmt::Macro(_) => Step::Quiet,
            Stmt::Local(local) => self.local(local),
            Stmt::Expr(value, _) => self.value(value),
        }
    }

    fn is_quiet(&self, statement: &Stmt) -> bool {
        !matches!(self.step(statement), Step::Opaque)
    }

    fn local(&self, local: &Local) -> Step {
        let Some(init) = &local.init else {
            return Step::Quiet;
        };
        if let Some((_, otherwise)) = &init.diverge
            && (is_of_result(&local.pat) || asks(&init.expr))
        {
            // It leaves with a pass, or a way to fail was counted.
            return match &**otherwise {
                Expr::Block(block) if block.block.stmts.iter().all(|step| self.is_quiet(step)) => {
                    Step::Throws(What::Error.at(&local.pat))
                }
                _ => Step::Opaque,
            };
        }
        if !asks(&init.expr) {
            return Step::Quiet;
        }
        let pat = untyped(&local.pat);
        let Some(name) = name(pat) else {
            return match pat {
                Pat::Wild(wild) if !(is_awaited(&init.expr) && might_be_the_check(&init.expr)) => {
                    Step::Throws(thrown(&init.expr).at(wild))
                }
                _ => Step::Opaque,
            };
        };
        let used = self
            .after
            .iter()
            .skip_while(|statement| !is_same_local(statement, local))
            .skip(1);
        let used = used
            .into_iter()
            .any(|s| mentions(&s.to_token_stream(), &name));
        let discarded = name.starts_with('_')
            || ["result", "res", "ret", "response", "answer", "reply"].contains(&&*name)
            || is_awaited(&init.expr)
            || self.lossy(&init.expr).is_some();
        if !used && discarded && !might_be_the_check(&init.expr) {
            return Step::Throws(thrown(&init.expr).at(pat));
        }
        Step::Opaque
    }

    fn value(&self, value: &Expr) -> Step {
        match value {
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Group(inner) => self.value(&inner.expr),
            // With a pass, or it was counted.
            Expr::Return(_) | Expr::Continue(_) => Step::Quiet,
            Expr::Assign(assign) if matches!(&*assign.left, Expr::Infer(_)) => {
                if !self.asks(&assign.right) {
                    Step::Quiet
                } else if is_awaited(&assign.right) && might_be_the_check(&assign.right) {
                    Step::Opaque
                } else {
                    Step::Throws(thrown(&assign.right).at(&assign.left))
                }
            }
            Expr::MethodCall(call) if is_quiet_call(call) => Step::Quiet,
            Expr::MethodCall(call) if call.method == "for_each" => Step::Opaque,
            Expr::MethodCall(_) => self.lossy(value).map_or(Step::Opaque, Step::Throws),
            Expr::Call(call) if starts_a_task(call) => Step::Throws(What::Task.at(&call.func)),
            Expr::Call(call) if is_call_of(call, &["drop"]) => {
                let dropped = call.args.first().map(|dropped| self.resolved(dropped));
                match dropped {
                    Some(dropped) if is_awaited(dropped) && !might_be_the_check(dropped) => {
                        Step::Throws(What::Answer.at(&call.func))
                    }
                    Some(dropped) if asks(dropped) => Step::Opaque,
                    _ => Step::Quiet,
                }
            }
            Expr::If(cases) => self.branches(cases),
            Expr::Match(cases) => {
                let quiet = |arm: &Arm| match &*arm.body {
                    Expr::Block(block) => block.block.stmts.iter().all(|step| self.is_quiet(step)),
                    body => !matches!(self.value(body), Step::Opaque),
                };
                if !cases.arms.iter().all(quiet) {
                    return Step::Opaque;
                }
                let what = if cases.arms.iter().any(|arm| is_of_result(&arm.pat)) {
                    What::Error
                } else {
                    What::Answer
                };
                if self.asks(&cases.expr) {
                    Step::Throws(what.at(cases.match_token))
                } else {
                    Step::Quiet
                }
            }
            Expr::Block(block) => self.block(&block.block),
            Expr::Unsafe(block) => self.block(&block.block),
            Expr::ForLoop(each) => self.block(&each.body),
            value if !asks(value) => Step::Quiet,
            _ => Step::Opaque,
        }
    }

    fn block(&self, block: &Block) -> Step {
        let scope = self.inside(&block.stmts);
        let mut all = Step::Quiet;
        for statement in &block.stmts {
            match scope.step(statement) {
                Step::Quiet => {}
                Step::Throws(swallowed) => all = Step::Throws(swallowed),
                Step::Opaque => return Step::Opaque,
            }
        }
        all
    }

    fn branches(&self, cases: &ExprIf) -> Step {
        let then = self.block(&cases.then_branch);
        let otherwise = match &cases.else_branch {
            Some((_, otherwise)) => self.value(otherwise),
            None => Step::Quiet,
        };
        match (self.condition(&cases.cond), then, otherwise) {
            (_, Step::Opaque, _) | (_, _, Step::Opaque) => Step::Opaque,
            (Some(swallowed), _, _) => Step::Throws(swallowed),
            (None, Step::Throws(swallowed), _) | (None, _, Step::Throws(swallowed)) => {
                Step::Throws(swallowed)
            }
            (None, Step::Quiet, Step::Quiet) if !self.asks(&cases.cond) => Step::Quiet,
            (None, Step::Quiet, Step::Quiet) => Step::Opaque,
        }
    }

    /// `x.ok()`, and whatever else makes a pass of an error.
    fn lossy(&self, value: &Expr) -> Option<Swallowed> {
        let Expr::MethodCall(call) = value else {
            return None;
        };
        let what = match &*call.method.to_string() {
            "is_ok" | "is_err" | "map_err" | "inspect_err" => What::Error,
            "ok" | "err" | "is_some" | "is_none" | "unwrap_or" | "unwrap_or_default"
            | "unwrap_or_else" => What::Answer,
            _ => return None,
        };
        let quiet = |argument: &Expr| match argument {
            Expr::Closure(closure) => !matches!(self.value(&closure.body), Step::Opaque),
            _ => true,
        };
        (self.asks(&call.receiver) && call.args.iter().all(quiet)).then(|| what.at(&call.method))
    }

    /// `if let Err(..) = x`, `if x.is_err()`, `if !up`
    fn condition(&self, condition: &Expr) -> Option<Swallowed> {
        match condition {
            Expr::Paren(inner) => self.condition(&inner.expr),
            Expr::Unary(not) if matches!(not.op, UnOp::Not(_)) => self.condition(&not.expr),
            Expr::Binary(both) if matches!(both.op, BinOp::And(_) | BinOp::Or(_)) => self
                .condition(&both.left)
                .or_else(|| self.condition(&both.right)),
            Expr::Binary(equal) if matches!(equal.op, BinOp::Eq(_) | BinOp::Ne(_)) => {
                let of_result = |value: &Expr| matches!(value, Expr::Call(call) if is_call_of(call, &["Ok"]) || is_call_of(call, &["Err"]));
                let other = match (of_result(&equal.left), of_result(&equal.right)) {
                    (true, false) => &equal.right,
                    (false, true) => &equal.left,
                    _ => return None,
                };
                self.asks(other).then(|| What::Error.at(equal.op))
            }
            Expr::Let(condition) if self.asks(&condition.expr) => {
                is_of_result(&condition.pat).then(|| What::Error.at(&condition.pat))
            }
            Expr::Macro(call) if names(&call.mac.path, &["matches"]) => {
                let tokens = call.mac.tokens.to_string();
                let of_result = tokens.contains("Ok (") || tokens.contains("Err (");
                let of_result = of_result || tokens.contains("Ok(") || tokens.contains("Err(");
                of_result.then(|| What::Error.at(&call.mac.path))
            }
            Expr::MethodCall(_) => self.lossy(condition),
            Expr::Path(_) => match self.resolved(condition) {
                Expr::Path(_) => None,
                init => self
                    .lossy(init)
                    .map(|swallowed| swallowed.what.at(condition)),
            },
            _ => None,
        }
    }
}

fn thrown(asked: &Expr) -> What {
    match asked {
        Expr::Call(call) if starts_a_task(call) => What::Task,
        _ => What::Answer,
    }
}

/// The name of a variable that is never set again.
fn name(pat: &Pat) -> Option<String> {
    match untyped(pat) {
        Pat::Ident(name) if name.mutability.is_none() && name.subpat.is_none() => {
            Some(name.ident.to_string())
        }
        _ => None,
    }
}

fn untyped(pat: &Pat) -> &Pat {
    match pat {
        Pat::Type(typed) => untyped(&typed.pat),
        Pat::Paren(inner) => untyped(&inner.pat),
        pat => pat,
    }
}

fn is_same_local(statement: &Stmt, local: &Local) -> bool {
    matches!(statement, Stmt::Local(other) if std::ptr::eq(other, local))
}

/// `Err(..)`, `Ok(..)`, also in each other
fn is_of_result(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(pattern) => names(&pattern.path, &["Err", "Ok"]),
        Pat::Or(either) => either.cases.iter().any(is_of_result),
        Pat::Paren(inner) => is_of_result(&inner.pat),
        Pat::Reference(inner) => is_of_result(&inner.pat),
        _ => false,
    }
}

/// `Ok(n) => n`
fn is_what_was_bound(arm: &Arm) -> bool {
    match (&arm.pat, &*arm.body) {
        (Pat::TupleStruct(pattern), Expr::Path(value)) if names(&pattern.path, &["Ok"]) => {
            match (pattern.elems.first().map(untyped), value.path.get_ident()) {
                (Some(Pat::Ident(bound)), Some(value)) => bound.ident == *value,
                _ => false,
            }
        }
        _ => false,
    }
}

/// A value that is written out: no name that could hold something else, nothing asked.
pub(crate) fn is_plain(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) => true,
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Group(inner) => is_plain(&inner.expr),
        Expr::Reference(inner) => is_plain(&inner.expr),
        Expr::Unary(inner) => is_plain(&inner.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Expr::Array(array) => array.elems.iter().all(is_plain),
        Expr::Struct(fields) => fields.fields.iter().all(|field| is_plain(&field.expr)),
        Expr::Call(call) => {
            let made = [["Outcome", "passed"], ["Default", "default"]];
            let of_std = [["String", "new"], ["String", "from"], ["Vec", "new"]];
            let is_one = |all: &[[&str; 2]]| all.iter().any(|names| is_call_of(call, names));
            is_one(&made)
                || is_call_of(call, &["default"]) && call.args.is_empty()
                || is_one(&of_std) && call.args.iter().all(is_plain)
        }
        Expr::MethodCall(call) => {
            ["to_string", "to_owned", "into", "as_str"]
                .iter()
                .any(|method| call.method == method)
                && is_plain(&call.receiver)
        }
        Expr::Macro(call) => {
            let written_out = ["format", "vec", "json", "concat", "stringify"];
            names(&call.mac.path, &written_out) && !calls_something(call.mac.tokens.clone())
        }
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)),
        _ => false,
    }
}

/// Whether a name stands in there that could hold anything.
fn calls_something(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => !["true", "false", "null"].contains(&&*word.to_string()),
        TokenTree::Group(group) => calls_something(group.stream()),
        _ => false,
    })
}

pub(crate) fn is_call_of(call: &ExprCall, names: &[&str]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn all(bodies: &str, is_bad: bool) {
        let wrong: Vec<_> = bodies
            .split("\n\n")
            .map(str::trim)
            .filter(|body| !body.is_empty())
            .filter(|body| {
                let tokens: TokenStream = format!("{{{body}}}").parse().expect("tokens");
                let fault = fault(&tokens).unwrap_or_else(|_| panic!("half typed: {body}"));
                fault.is_some() != is_bad
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "{} bodies:\n\n{}",
            wrong.len(),
            wrong.join("\n\n")
        );
    }

    #[test]
    fn what_passes_whatever_the_answer_is_has_a_fault() {
        all(include_str!("../bodies/bad.txt"), true);
    }

    #[test]
    fn what_may_fail_has_none() {
        all(include_str!("../bodies/good.txt"), false);
    }
}
