use syn::Path;

/// Whether the path ends in one of these names.
pub(crate) fn names(path: &Path, names: &[&str]) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}
