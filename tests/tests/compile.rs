//! What compiles, and what the compiler says where it does not.
//!
//! After a change of the words: `TRYBUILD=overwrite cargo test -p tests --test compile`, and then
//! read what changed.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

#[test]
fn refusals_teach_and_all_else_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}

/// What a message tells people to write stands in `ui/pass/advised.rs`, and so is compiled.
#[test]
fn what_a_message_advises_compiles() -> Result<(), Box<dyn Error>> {
    let compiled = without_spaces(&fs::read_to_string("ui/pass/advised.rs")?);
    let mut missing = BTreeMap::new();
    for entry in fs::read_dir("ui/fail")? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "stderr")
        {
            for line in fs::read_to_string(&path)?.lines() {
                for advised in advised(line) {
                    if !compiled.contains(&without_spaces(advised)) {
                        missing.insert(advised.to_owned(), path.clone());
                    }
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "advised, and nowhere compiled: {missing:#?}"
    );
    Ok(())
}

/// The pieces of code that a line says to write.
fn advised(line: &str) -> Vec<&str> {
    const WORDS: [&str; 12] = [
        "write", "mean", "just", "such as", "as in", "least", "most", "of", "or", "and", ",",
        "needs",
    ];
    let begins = ["write ", "did you mean ", "such as `", "as in `"];
    let Some(begin) = begins.iter().filter_map(|begin| line.find(begin)).min() else {
        return Vec::new();
    };
    let mut rest = &line[begin..];
    let mut advised = Vec::new();
    while let Some((before, (code, after))) = rest
        .split_once('`')
        .and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        // Also "write `a` or `b`", but not "remove `c`".
        if WORDS.iter().any(|word| before.trim_end().ends_with(word)) {
            advised.push(code);
        }
        rest = after;
    }
    advised
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
