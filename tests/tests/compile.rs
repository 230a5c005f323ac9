//! What compiles, and what the compiler says where it does not.
//!
//! After a change of the words: `TRYBUILD=overwrite cargo test -p tests --test compile`, and then
//! read what changed.

#[test]
fn refusals_teach_and_all_else_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
