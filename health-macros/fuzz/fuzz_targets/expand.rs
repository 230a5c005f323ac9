#![no_main]
#![allow(dead_code, reason = "the dice are for the bounded run")]

// A procedural macro exports nothing else, so its rooms are read from their files.
#[path = "../../src/args.rs"]
mod args;
#[path = "../../src/bind.rs"]
mod bind;
#[path = "../../src/body.rs"]
mod body;
#[path = "../../src/calls.rs"]
mod calls;
#[path = "../../src/duration.rs"]
mod duration;
#[path = "../../src/exits.rs"]
mod exits;
#[path = "../../src/expand.rs"]
mod expand;
#[path = "../../src/lints/mod.rs"]
mod lints;
#[path = "../../src/mutations.rs"]
mod mutations;
#[path = "../../src/nearest.rs"]
mod nearest;
#[path = "../../src/signature.rs"]
mod signature;
#[path = "../../src/value.rs"]
mod value;

libfuzzer_sys::fuzz_target!(|input: &str| {
    if let Some((attr, item)) = input.split_once('\0') {
        mutations::holds(attr, item);
    }
});
