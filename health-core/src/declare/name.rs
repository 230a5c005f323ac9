use std::fmt;

/// Names go into URLs, labels and logs unescaped, so their alphabet is small.
pub(crate) const fn is_valid(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 63 || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut i = 1;
    while i < bytes.len() {
        if !matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-') {
            return false;
        }
        i += 1;
    }
    true
}

/// The error of a name that is not `[a-z][a-z0-9_-]*` of at most 63 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    name: String,
}

impl InvalidName {
    pub(crate) fn new(name: &str) -> InvalidName {
        let name = name.chars().take(64).collect();
        InvalidName { name }
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the name `{}` is not `[a-z][a-z0-9_-]*` of at most 63 bytes: choose another",
            self.name.escape_debug()
        )
    }
}

impl std::error::Error for InvalidName {}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn names_are_lower_case_short_and_safe_in_a_url() {
        let longest = "a".repeat(63);
        for name in ["a", "database", "search-index", "shard_7", &longest] {
            assert!(is_valid(name), "{name}");
        }
        let too_long = "a".repeat(64);
        for name in [
            "", "A", "7up", "_a", "-a", "a b", "a/b", "é", "a.b", &too_long,
        ] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
