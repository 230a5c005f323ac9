//! What in a body might end a run otherwise than by its last expression.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Expr;

use crate::calls::is_quiet_word;

/// How many things in there might end the run otherwise than by its last expression. To return is
/// none where what is returned is a pass.
pub(crate) fn ways_to_fail(tokens: TokenStream, passes: &dyn Fn(&Expr) -> bool) -> usize {
    ways(
        &tokens.into_iter().collect::<Vec<_>>(),
        &Place {
            passes,
            own: true,
            quiet: false,
        },
    )
}

#[derive(Clone, Copy)]
struct Place<'p> {
    passes: &'p dyn Fn(&Expr) -> bool,
    /// Not in a closure or an `async` block, which `?` and `return` only leave themselves.
    own: bool,
    /// In a macro that writes something down.
    quiet: bool,
}

fn ways(tokens: &[TokenTree], place: &Place<'_>) -> usize {
    let mut ways = 0;
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let follows_a_value = before.is_some_and(is_value);
        match &tokens[at] {
            TokenTree::Group(group) => {
                let is_index = follows_a_value && group.delimiter() == Delimiter::Bracket;
                ways += usize::from(is_index && !place.quiet) + inside(group, place);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '?' => ways += usize::from(follows_a_value && place.own),
                '/' | '%' => ways += usize::from(follows_a_value && !place.quiet),
                '|' if !follows_a_value => {
                    if let Some((end, body)) = closure(tokens, at) {
                        ways += inside(
                            body,
                            &Place {
                                own: false,
                                ..*place
                            },
                        );
                        at = end;
                    }
                }
                _ => {}
            },
            TokenTree::Ident(word) => match &*word.to_string() {
                "async" => {
                    if let Some((end, body)) = async_block(tokens, at) {
                        ways += inside(
                            body,
                            &Place {
                                own: false,
                                ..*place
                            },
                        );
                        at = end;
                    }
                }
                "return" => {
                    ways += usize::from(place.own && !returns_a_pass(&tokens[at + 1..], place));
                }
                "break" | "loop" | "while" | "yield" => ways += 1,
                "unwrap" | "expect" | "unwrap_err" | "expect_err" => {
                    ways += usize::from(before.is_some_and(is_dot));
                }
                "exit" | "abort" | "panic_any" => ways += usize::from(is_called(&tokens[at + 1..])),
                word if is_macro(&tokens[at + 1..]) => {
                    if is_quiet_word(word) {
                        if let TokenTree::Group(group) = &tokens[at + 2] {
                            ways += inside(
                                group,
                                &Place {
                                    quiet: true,
                                    ..*place
                                },
                            );
                        }
                        at += 2;
                    } else {
                        ways += 1;
                    }
                }
                _ => {}
            },
            TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    ways
}

fn inside(group: &proc_macro2::Group, place: &Place<'_>) -> usize {
    ways(&group.stream().into_iter().collect::<Vec<_>>(), place)
}

/// `return Ok(());`, also as an arm of a `match`.
fn returns_a_pass(after: &[TokenTree], place: &Place<'_>) -> bool {
    let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ','));
    let ends = (0..after.len())
        .filter(|at| ends(&after[*at]))
        .chain([after.len()]);
    // Not at each comma: one may stand between types.
    let mut read = ends.filter_map(|end| {
        let returned: TokenStream = after[..end].iter().cloned().collect();
        syn::parse2::<Expr>(returned).ok()
    });
    read.next()
        .is_some_and(|returned| (place.passes)(&returned))
}

/// The block of `|e| { .. }` and where it is; of another closure the end of its arguments.
fn closure(tokens: &[TokenTree], bar: usize) -> Option<(usize, &proc_macro2::Group)> {
    let is_bar =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|');
    let close = bar + 1 + tokens[bar + 1..].iter().position(is_bar)?;
    let mut at = close + 1;
    if matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '-') {
        let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        at += tokens[at..].iter().position(is_body)?;
    }
    match tokens.get(at)? {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some((at, body)),
        _ => None,
    }
}

fn async_block(tokens: &[TokenTree], at: usize) -> Option<(usize, &proc_macro2::Group)> {
    let moves = matches!(tokens.get(at + 1), Some(TokenTree::Ident(word)) if word == "move");
    let at = at + 1 + usize::from(moves);
    match tokens.get(at)? {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some((at, body)),
        _ => None,
    }
}

/// Behind it `[` is an index and `?` hands an error on.
fn is_value(token: &TokenTree) -> bool {
    const WORDS: &[&str] = &[
        "as", "const", "dyn", "else", "if", "impl", "in", "let", "match", "move", "mut", "ref",
        "return",
    ];
    match token {
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
        TokenTree::Ident(word) => WORDS.iter().all(|other| word != other),
        TokenTree::Punct(punct) => punct.as_char() == '?',
    }
}

fn is_dot(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '.' | ':'))
}

fn is_called(after: &[TokenTree]) -> bool {
    matches!(after.first(), Some(TokenTree::Group(_)))
}

fn is_macro(after: &[TokenTree]) -> bool {
    let bang = matches!(after.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
    bang && matches!(after.get(1), Some(TokenTree::Group(_)))
}

/// Whether a variable is used, and not only written down.
pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word)
                if is_quiet_word(&word.to_string()) && is_macro(&tokens[at + 1..]) =>
            {
                // What `matches!` says is used.
                if word == "matches" && mentions(&tokens[at + 2].clone().into(), name) {
                    return true;
                }
                at += 2;
            }
            TokenTree::Ident(word) if word == name => return true,
            TokenTree::Group(group) if mentions(&group.stream(), name) => return true,
            _ => {}
        }
        at += 1;
    }
    false
}
