//! What in a body might end a run otherwise than by its last expression.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Expr, Stmt};

use crate::signature::names;

/// Macros that only write something down.
pub(crate) const QUIET: &[&str] = &[
    "trace", "debug", "info", "warn", "error", "log", "event", "print", "println", "eprint",
    "eprintln",
];

/// How many things in there might end the run otherwise than by its last expression.
pub(crate) fn ways_to_fail(tokens: TokenStream) -> usize {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut ways = 0;
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1);
        let follows_a_value = place
            .checked_sub(1)
            .is_some_and(|before| is_value(&tokens[before]));
        ways += match token {
            TokenTree::Group(group) => {
                let is_index = follows_a_value && group.delimiter() == Delimiter::Bracket;
                ways_to_fail(group.stream()) + usize::from(is_index)
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '?' => 1,
                '-' if is_arrow(next) => 0,
                '+' | '-' | '*' | '/' | '%' => usize::from(follows_a_value),
                _ => 0,
            },
            TokenTree::Ident(word) => match &*word.to_string() {
                "Err" => usize::from(!is_pattern(&tokens[place + 1..])),
                "return" | "break" | "loop" | "while" | "yield" | "unwrap" | "expect"
                | "unwrap_err" | "expect_err" | "exit" | "abort" | "degraded" | "failed" => 1,
                word => usize::from(is_bang(next, &tokens[place + 1..]) && !QUIET.contains(&word)),
            },
            TokenTree::Literal(_) => 0,
        };
    }
    ways
}

/// Behind it `[` is an index and `-` a difference, as both might panic.
fn is_value(token: &TokenTree) -> bool {
    const WORDS: &[&str] = &[
        "as", "const", "dyn", "else", "if", "impl", "in", "let", "match", "move", "mut", "ref",
    ];
    match token {
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
        TokenTree::Ident(word) => WORDS.iter().all(|other| word != other),
        TokenTree::Punct(_) => false,
    }
}

fn is_arrow(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '>')
}

/// `Err(..) =>`, `Err(..) | ..`, `Err(..) = ..`
fn is_pattern(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Group(_), TokenTree::Punct(punct), ..] => matches!(punct.as_char(), '=' | '|'),
        [TokenTree::Group(_), TokenTree::Ident(word), ..] => word == "if",
        _ => false,
    }
}

fn is_bang(next: Option<&TokenTree>, after: &[TokenTree]) -> bool {
    let bang = matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
    bang && matches!(after.get(1), Some(TokenTree::Group(_)))
}

/// Whether something is called, so that there is an answer.
pub(crate) fn asks(value: &Expr) -> bool {
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

pub(crate) fn asks_nothing(statement: &Stmt) -> bool {
    match statement {
        Stmt::Local(local) => local.init.as_ref().is_none_or(|init| !asks(&init.expr)),
        Stmt::Item(_) => true,
        Stmt::Expr(value, _) => !asks(value),
        Stmt::Macro(call) => names(&call.mac.path, QUIET),
    }
}
