use std::fs;
use std::path::{Path, PathBuf};

/// Reads a file of `docs/probers`, with other texts for some of its own.
///
/// # Panics
///
/// When the file is not there, or has not the texts that others shall stand for.
pub fn snippet(name: &str, others: &[(&str, &str)]) -> String {
    let path = docs().join(name);
    let text = fs::read_to_string(&path).expect("documentation has it");
    others.iter().fold(text, |text, (own, other)| {
        assert!(text.contains(own), "{} has no `{own}`", path.display());
        text.replace(own, other)
    })
}

/// Whether a command is installed, where Debian keeps those of servers and where the gate puts others, too.
pub fn installed(command: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<_> = std::env::split_paths(&path).collect();
    directories.push("/usr/sbin".into());
    directories.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/bin"));
    directories
        .into_iter()
        .map(|directory| directory.join(command))
        .find(|path| path.exists())
}

/// Where a file of `docs/probers` is.
pub fn documented(name: &str) -> PathBuf {
    docs().join(name)
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/probers")
}
