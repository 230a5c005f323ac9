//! Empty: cargo only honours `links` in a package with a build script.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
