//! Whatever is written, the expansion does not panic, keeps the item, and points into the input.
//!
//! This is the bounded run of `fuzz/`, on the stable compiler.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::expand::{Place, expand};

/// Attributes that are right or nearly so.
const ATTRIBUTES: &[&str] = &[
    "",
    "critical",
    "liveness, fail_after = 3, pass_after = 1",
    "startup, retry = \"1s\", crate = my::health_core",
    "degraded, name = \"search\", timeout = \"300ms\", interval = \"1m30s\", needed_by(SEARCH, a::B)",
    "critcal timout \"2s\", needed_by(\"x\"), class = \"critical\", crate = \"x\",,",
    "critical, ignores_errors = \"the deadline is the check\", timeout: 2s",
];

/// Items that are right or nearly so.
const ITEMS: &[&str] = &[
    "fn moves() -> Result<(), &'static str> { Err(\"stands\") }",
    "/// Doc.\n#[cfg(all())] pub async fn a(p: &P, o: Option<&dyn C>, c: Arc<dyn C>) -> Result<S, E> { p.ping().await?; Ok(()) }",
    "async fn b(p: &P) -> R { let _ = p.ping().await; if let Err(e) = q() { info!(\"{e}\"); } Ok(Outcome::passed()) }",
    "fn c(&self) -> Self { match x { Ok(_) => Ok(()), Err(_) => Ok(()) } }",
    "const unsafe extern \"C\" fn d<'a, T: X>((a, b): &'a mut T, _: impl Y, ...) where T: Z { }",
    "struct S;",
    "fn e(#[cfg(x)] p: P) -> impl F { a.or_else(|_| Ok(())).unwrap_or_default() }",
    "fn f() -> Result<(), E>;",
    "",
];

/// Pieces to put in.
const PIECES: &[&str] = &[
    "critical",
    "liveness",
    "timeout",
    "=",
    ",",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "&",
    "'a",
    "\"2s\"",
    "\"\"",
    "0",
    "3",
    "::",
    "->",
    "async",
    "fn",
    "mut",
    "self",
    "Self",
    "impl",
    "dyn",
    "?",
    "!",
    "Ok(())",
    "Err(())",
    "return",
    "#[cfg(x)]",
    "#[doc = concat!()]",
    "r#type",
    "..",
    "_",
    ";",
];

/// The next of a fixed sequence of numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below a usize")
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    fn mutated(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..self.below(4) {
            let (from, to) = (self.place(&text), self.place(&text));
            let piece = text[from.min(to)..from.max(to)].to_owned();
            match self.below(3) {
                0 => text.insert_str(from, &format!(" {} ", self.one_of(PIECES))),
                1 => text.replace_range(from.min(to)..from.max(to), ""),
                _ => text.insert_str(to, &piece),
            }
        }
        text
    }

    fn place(&mut self, text: &str) -> usize {
        let mut place = self.below(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        place
    }
}

pub(crate) fn holds(attr: &str, item: &str) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let (Ok(attr), Ok(item)) = (TokenStream::from_str(attr), TokenStream::from_str(item)) else {
        return;
    };
    let expanded = expand(attr.clone(), &item, Place::default());
    let (kept, whole) = (item.to_string(), expanded.to_string());
    assert!(whole.starts_with(&kept), "{attr}\n{kept}\n{whole}");
    // Under libFuzzer there are no spans.
    let no_spans = item
        .clone()
        .into_iter()
        .any(|token| token.span().source_text().is_none());
    let behind: Vec<_> = expanded
        .into_iter()
        .skip(item.into_iter().count())
        .collect();
    for error in behind
        .windows(3)
        .filter(|tokens| tokens[0].to_string() == "compile_error")
    {
        let in_the_input = error[0]
            .span()
            .source_text()
            .is_some_and(|text| !text.is_empty());
        let message = message(&error[2]);
        // The attribute as a whole has no tokens of its own here, and no item is none at all.
        let nowhere = kept.is_empty() || message.starts_with("a check has a class");
        assert!(
            in_the_input || nowhere || no_spans,
            "{attr}\n{kept}\n{message}"
        );
        assert!(message.len() > 20 && !message.ends_with('.'), "{message}");
    }
}

fn message(braces: &TokenTree) -> String {
    let TokenTree::Group(group) = braces else {
        panic!("{braces}");
    };
    let literal = syn::parse2::<syn::LitStr>(group.stream()).expect("a message");
    literal.value()
}

#[test]
fn nothing_that_is_written_breaks_the_expansion() {
    let rounds =
        std::env::var("MUTATIONS").map_or(20_000, |rounds| rounds.parse().expect("a number"));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..rounds {
        let (attr, item) = (dice.one_of(ATTRIBUTES), dice.one_of(ITEMS));
        let (attr, item) = (dice.mutated(attr), dice.mutated(item));
        holds(&attr, &item);
    }
}
