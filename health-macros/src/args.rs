//! Reads what stands in the parentheses:
//!
//! ```text
//! #[health_check(critical)]
//! #[health_check(degraded, timeout = "300ms", interval = "15s", needed_by(SEARCH, cart::CART))]
//! #[health_check(liveness, name = "consumer-moves", fail_after = 5, crate = my::health_core)]
//! ```
//!
//! Every entry is read by itself, so that each mistake is reported, and only once.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::Path;

use crate::lints::{self, Refusals};
use crate::list::{is_comma, split_at_commas};
use crate::value::{self, Written};
use crate::words::{Around, CLASSES, Class, CratePath, OPTIONS};

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) class: Option<(Class, Ident)>,
    pub(crate) name: Option<Written<String>>,
    pub(crate) timeout: Option<Written<Duration>>,
    pub(crate) interval: Option<Written<Duration>>,
    pub(crate) retry: Option<Written<Duration>>,
    pub(crate) fail_after: Option<Written<u32>>,
    pub(crate) pass_after: Option<Written<u32>>,
    pub(crate) ignores_errors: Option<Written<String>>,
    pub(crate) local: Option<Written<String>>,
    pub(crate) needed_by: Vec<Path>,
    pub(crate) crate_path: CratePath,
    /// Whether something was written that was meant for a class.
    pub(crate) class_attempted: bool,
    /// Every option that was written, whether rightly or not.
    pub(crate) keys: Vec<Ident>,
    /// Whether nothing stands behind the last comma, yet.
    pub(crate) may_go_on: bool,
    /// Words that are none of ours, or not yet.
    pub(crate) unknown: Vec<Ident>,
}

/// What stands between two commas.
struct Entry<'t> {
    tokens: &'t [TokenTree],
    /// The comma before it is missing.
    run_on: bool,
}

impl Args {
    pub(crate) fn parse(attr: TokenStream, refusals: &mut Refusals) -> Args {
        let mut args = Args::default();
        let tokens = without_invisible_groups(attr);
        args.may_go_on = tokens.last().is_some_and(is_comma);
        let mut entries = Vec::new();
        for tokens in split_at_commas(&tokens, refusals) {
            entries.extend(split_at_missing_commas(tokens));
        }
        let around = Around::of(&entries);
        for entry in &entries {
            if entry.run_on {
                refusals.add(lints::missing_comma(&entry.tokens[0]));
            }
            args.entry(entry.tokens, &around, refusals);
        }
        args
    }

    fn entry(&mut self, tokens: &[TokenTree], around: &Around, refusals: &mut Refusals) {
        let (TokenTree::Ident(key), value) = (&tokens[0], &tokens[1..]) else {
            self.class_attempted |= tokens.iter().any(|token| lints::class_in(token).is_some());
            return refusals.add(lints::not_an_option(tokens, around));
        };
        let word = key.to_string();
        if let Some(class) = lints::class_in_a_path(value) {
            self.class_attempted = true;
            refusals.add(lints::class_as_a_path(key, value, class));
        } else if let Some(class) = Class::from(&word) {
            self.class(class, key, value, refusals);
        } else if !OPTIONS.contains(&word.as_str()) {
            self.unknown(key, value, around, refusals);
        } else if self.keys.contains(key) {
            refusals.add(lints::option_twice(key));
        } else {
            self.keys.push(key.clone());
            match lints::useless(around.class, key) {
                // What is written for it is then no second mistake.
                Some(useless) => refusals.add(useless),
                None => self.option(key, value, around, refusals),
            }
        }
    }

    fn class(&mut self, class: Class, key: &Ident, value: &[TokenTree], refusals: &mut Refusals) {
        if let Some((_, first)) = &self.class {
            return refusals.add(lints::second_class(key, first));
        }
        if lints::says_no(value) {
            self.class_attempted = true;
        } else {
            self.class = Some((class, key.clone()));
        }
        if !value.is_empty() {
            refusals.add(lints::class_with_a_value(class, key, value));
        }
    }

    fn unknown(
        &mut self,
        key: &Ident,
        value: &[TokenTree],
        around: &Around,
        refusals: &mut Refusals,
    ) {
        self.unknown.push(key.clone());
        if around.class.is_none() && (value.is_empty() || lints::means_class(key, value)) {
            self.class_attempted = true;
        }
        refusals.add(match value {
            [] if around.class.is_none() => lints::unknown_class(key),
            value => lints::unknown_option(key, value, around),
        });
    }

    fn option(
        &mut self,
        key: &Ident,
        tokens: &[TokenTree],
        around: &Around,
        refusals: &mut Refusals,
    ) {
        use value::written;
        let duration = |refusals: &mut Refusals| {
            written(key, tokens, refusals, |key, value| {
                value::duration(key, value, around)
            })
        };
        match key.to_string().as_str() {
            "name" => self.name = Some(written(key, tokens, refusals, value::name)),
            "timeout" => self.timeout = Some(duration(refusals)),
            "interval" => self.interval = Some(duration(refusals)),
            "retry" => self.retry = Some(duration(refusals)),
            "fail_after" => self.fail_after = Some(written(key, tokens, refusals, value::count)),
            "pass_after" => self.pass_after = Some(written(key, tokens, refusals, value::count)),
            "ignores_errors" => {
                self.ignores_errors = Some(written(key, tokens, refusals, value::reason));
            }
            "local" => self.local = Some(written(key, tokens, refusals, value::reason)),
            "needed_by" => self.needed_by = value::features(key, tokens, refusals),
            "crate" => {
                self.crate_path = value::crate_path(key, tokens).unwrap_or_else(|error| {
                    refusals.add(error);
                    CratePath::Unknown
                });
            }
            _ => unreachable!("`entry` lets only options through"),
        }
    }
}

impl Around {
    fn of(entries: &[Entry<'_>]) -> Around {
        let mut around = Around::default();
        for entry in entries {
            let TokenTree::Ident(key) = &entry.tokens[0] else {
                continue;
            };
            let key = key.to_string();
            let duration = || value::right_duration(&entry.tokens[1..]);
            match &*key {
                "timeout" => around.timeout = around.timeout.or_else(duration),
                "interval" => around.interval = around.interval.or_else(duration),
                "retry" => around.retry = around.retry.or_else(duration),
                word => around.class = around.class.or_else(|| Class::from(word)),
            }
        }
        around
    }
}

/// `critical timeout = "2s" retry = "1s"`: an entry ends where something known begins.
fn split_at_missing_commas(tokens: &[TokenTree]) -> Vec<Entry<'_>> {
    let ended = |before: &TokenTree| matches!(before, TokenTree::Literal(_) | TokenTree::Group(_));
    let begins = |token: &TokenTree| match token {
        TokenTree::Ident(word) => {
            let word = word.to_string();
            CLASSES.contains(&word.as_str()) || OPTIONS.contains(&word.as_str())
        }
        _ => false,
    };
    let mut entries = Vec::new();
    let mut start = 0;
    for place in 1..tokens.len() {
        // Nothing is written for the key before this, or it is written and ended.
        let complete = match &tokens[place - 1] {
            TokenTree::Ident(key) => place == start + 1 && !lints::says_class(key),
            before => ended(before),
        };
        if complete && begins(&tokens[place]) {
            entries.push(Entry {
                tokens: &tokens[start..place],
                run_on: start > 0,
            });
            start = place;
        }
    }
    entries.push(Entry {
        tokens: &tokens[start..],
        run_on: start > 0,
    });
    entries
}

/// What `macro_rules!` puts around a fragment is not to be seen.
fn without_invisible_groups(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flat.extend(without_invisible_groups(group.stream()));
            }
            token => flat.push(token),
        }
    }
    flat
}
