//! What `RELIABILITY.md` says is tested has a test of that name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all functions below a directory.
fn functions(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str());
        if path.is_dir() && !name.is_some_and(|name| name == "target" || name.starts_with('.')) {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text
                .split("fn ")
                .skip(1)
                .filter_map(|rest| rest.split('(').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut known = BTreeSet::new();
    functions(root, &mut known);
    let page = fs::read_to_string(root.join("RELIABILITY.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let words = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let of_a_test = |word: &&str| word.matches('_').count() > 2;
    let named: BTreeSet<_> = words.filter(of_a_test).collect();
    assert!(named.len() > 30, "{named:?}");
    let missing: Vec<_> = named
        .into_iter()
        .filter(|name| !known.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
