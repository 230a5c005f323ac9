/// What the name of a value says about the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A password: hardly anything else is said of one.
    Password,
    /// A secret, a token or the like, of which prose speaks as well.
    Secret,
    /// The bare word "key", which often names what is looked up.
    Key,
    /// A short word, which is a name only before an equals sign or in quotes.
    Short,
    /// The header: its value has blanks in it.
    Authorization,
    /// The headers: their values have blanks in them.
    Cookie,
}

/// Returns what a name such as `db_password`, `AccountKey` or `x-auth-token` names, if a secret.
pub(super) fn name_of(word: &[u8]) -> Option<Name> {
    let word = &word[word.len().saturating_sub(LONGEST)..];
    if !may_name(word) {
        return None;
    }
    let mut lower = [0; LONGEST];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    let has = |part: &str| contains(lower, part.as_bytes());

    let (before, last) = last_two(word, lower);
    let described = !before.is_empty() && listed(&DESCRIPTIONS, last);
    if described || ORDINARY.iter().any(|word| last.ends_with(word.as_bytes())) {
        return None;
    }
    if ["passw", "passphrase", "passcode", "pwd"]
        .into_iter()
        .any(has)
        || last.ends_with(b"pass")
    {
        return Some(Name::Password);
    }
    if has("cookie") {
        return Some(Name::Cookie);
    }
    if last.ends_with(b"authorization") {
        return Some(Name::Authorization);
    }
    let is_key = [&b"key"[..], b"keys"]
        .into_iter()
        .any(|key| last.ends_with(key));
    if is_key && listed(&KINDS_OF_KEY, before) {
        return None;
    }
    if is_key && before.is_empty() && last.len() <= 4 {
        return Some(Name::Key);
    }
    let secret = is_key
        || ["secret", "token", "credential", "signature"]
            .into_iter()
            .any(has)
        || parts(word, lower).any(|part| listed(&SECRETS, part) || part.ends_with(b"key"));
    if secret {
        return Some(Name::Secret);
    }
    let short = ["sessionid", "sessid"]
        .into_iter()
        .any(|id| last.ends_with(id.as_bytes()))
        || parts(word, lower).any(|part| listed(&SHORT, part));
    short.then_some(Name::Short)
}

/// Whether it is the name of a header whose value is a secret, from the way it is written.
pub(super) fn is_header(word: &[u8]) -> bool {
    let capital = |part: &[u8]| part.first().is_some_and(u8::is_ascii_uppercase);
    word.get(..2)
        .is_some_and(|two| two.eq_ignore_ascii_case(b"x-"))
        || word.contains(&b'-') && word.split(|byte| *byte == b'-').all(capital)
}

/// Whether it is a place in a source or the name of a file, as in `token.rs:12:5`.
pub(super) fn is_file(word: &[u8]) -> bool {
    let dot = word.iter().rposition(|byte| *byte == b'.');
    dot.is_some_and(|dot| dot > 0 && listed(&FILES, &word[dot + 1..]))
}

/// Whether it is the first word of an `Authorization`.
pub(super) fn is_scheme(word: &[u8]) -> bool {
    SCHEMES
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()))
}

/// Whether it says something about a secret rather than being one.
pub(super) fn is_prose(word: &[u8]) -> bool {
    listed(&PROSE, word)
}

/// Returns whether a word is a token of one of the known makers.
pub(super) fn is_token(word: &[u8]) -> bool {
    word.len() >= SHORTEST
        && PREFIXES.iter().any(|(prefix, rest)| {
            let prefix = prefix.as_bytes();
            let tail = (prefix[0] == word[0]).then(|| word.strip_prefix(prefix));
            tail.flatten().is_some_and(|tail| {
                let letters = tail
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
                letters.count() >= *rest
            })
        })
}

/// Whether one of the names of secrets could be in a word, of which most have none.
fn may_name(word: &[u8]) -> bool {
    let begins = |three: [u8; 3]| {
        let three = three.map(|byte| byte.to_ascii_lowercase());
        matches!(
            &three,
            b"pas"
                | b"pwd"
                | b"sec"
                | b"tok"
                | b"key"
                | b"cre"
                | b"coo"
                | b"aut"
                | b"sig"
                | b"ses"
                | b"sid"
                | b"jwt"
                | b"bea"
                | b"otp"
                | b"psk"
                | b"srf"
                | b"mac"
        ) || three.starts_with(b"pw")
    };
    let mut two = [0; 2];
    let last = word.iter().any(|byte| {
        let three = [two[0], two[1], *byte];
        two = [two[1], *byte];
        begins(three)
    });
    last || begins([two[0], two[1], 0])
}

/// A longer name is judged by its end.
const LONGEST: usize = 64;

/// Names of secrets that are too short to be looked for inside of other words.
const SECRETS: [&str; 3] = ["auth", "oauth", "bearer"];

/// Names of secrets that prose has as well, or has inside of its words.
const SHORT: [&str; 14] = [
    "sig", "sid", "pw", "bindpw", "jwt", "session", "cred", "creds", "otp", "totp", "psk", "csrf",
    "xsrf", "hmac",
];

/// Words that only end like the name of a secret.
const ORDINARY: [&str; 7] = [
    "bypass", "compass", "monkey", "donkey", "turkey", "hockey", "whiskey",
];

/// Last parts of names that tell something about a secret, not the secret.
const DESCRIPTIONS: [&str; 54] = [
    "age",
    "alg",
    "algorithm",
    "at",
    "class",
    "count",
    "dir",
    "enabled",
    "encryption",
    "endpoint",
    "error",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "file",
    "format",
    "host",
    "in",
    "len",
    "length",
    "limit",
    "login",
    "manager",
    "mechanism",
    "method",
    "mode",
    "name",
    "path",
    "policy",
    "prefix",
    "provider",
    "realm",
    "ref",
    "required",
    "scope",
    "scopes",
    "server",
    "service",
    "size",
    "source",
    "status",
    "stdin",
    "store",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "usage",
    "user",
    "username",
    "valid",
    "version",
];

/// Keys that are data.
const KINDS_OF_KEY: [&str; 20] = [
    "primary",
    "foreign",
    "partition",
    "routing",
    "sort",
    "unique",
    "public",
    "group",
    "row",
    "cache",
    "index",
    "object",
    "message",
    "record",
    "lookup",
    "shard",
    "hash",
    "range",
    "lock",
    "idempotency",
];

const FILES: [&str; 25] = [
    "c", "cfg", "conf", "cpp", "crt", "db", "env", "go", "h", "ini", "java", "js", "json", "key",
    "log", "pem", "php", "py", "rb", "rs", "sql", "toml", "ts", "txt", "yaml",
];

const SCHEMES: [&str; 9] = [
    "basic",
    "bearer",
    "token",
    "apikey",
    "digest",
    "negotiate",
    "ntlm",
    "signature",
    "aws4-hmac-sha256",
];

const PROSE: [&str; 48] = [
    "absent",
    "and",
    "are",
    "argument",
    "bad",
    "but",
    "cannot",
    "denied",
    "empty",
    "expired",
    "failed",
    "flag",
    "for",
    "found",
    "has",
    "hidden",
    "if",
    "in",
    "incorrect",
    "invalid",
    "is",
    "mismatch",
    "missing",
    "must",
    "no",
    "none",
    "not",
    "null",
    "ok",
    "option",
    "or",
    "provided",
    "redacted",
    "refused",
    "rejected",
    "required",
    "requires",
    "revoked",
    "set",
    "to",
    "unavailable",
    "unknown",
    "unset",
    "was",
    "with",
    "without",
    "wrong",
    "yes",
];

/// No token is shorter.
const SHORTEST: usize = 11;

/// How tokens begin, and how many characters at least follow.
pub(super) const PREFIXES: [(&str, usize); 50] = [
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxe-", 10),
    ("xoxe.", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("whsec_", 16),
    ("sk-", 20),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 20),
    ("ya29.", 16),
    ("hvs.", 16),
    ("hvb.", 16),
    ("npm_", 20),
    ("pypi-", 16),
    ("dop_v1_", 16),
    ("shpat_", 16),
    ("shpca_", 16),
    ("shppa_", 16),
    ("shpss_", 16),
    ("SG.", 16),
    ("eyJ", 8),
    ("gldt-", 12),
    ("glrt-", 12),
    ("glsa_", 20),
    ("xapp-", 10),
    ("hvr.", 16),
    ("key-", 32),
    ("hf_", 30),
    ("ATATT", 20),
    ("GOCSPX-", 20),
    ("dckr_pat_", 20),
    ("NRAK-", 20),
    ("PMAK-", 20),
    ("sq0atp-", 20),
    ("sq0csp-", 20),
    ("AGE-SECRET-KEY-", 30),
];

fn listed(list: &[&str], word: &[u8]) -> bool {
    list.iter()
        .any(|listed| word.eq_ignore_ascii_case(listed.as_bytes()))
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The parts of a name, which are divided by other characters than letters or by a capital letter.
fn parts<'a>(word: &'a [u8], lower: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        while start < word.len() && !word[start].is_ascii_alphanumeric() {
            start += 1;
        }
        let first = start;
        while start < word.len() && word[start].is_ascii_alphanumeric() {
            start += 1;
            if start < word.len()
                && word[start - 1].is_ascii_lowercase()
                && word[start].is_ascii_uppercase()
            {
                break;
            }
        }
        (first < start).then(|| &lower[first..start])
    })
}

fn last_two<'a>(word: &'a [u8], lower: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    parts(word, lower).fold((&[], &[]), |(_, last), part| (last, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_a_part() {
        let table = [
            ("PGPASSWORD", Some(Name::Password)),
            ("db_pass", Some(Name::Password)),
            ("SECRET_KEY_BASE", Some(Name::Secret)),
            ("token_value", Some(Name::Secret)),
            ("AccountKey", Some(Name::Secret)),
            ("apikey", Some(Name::Secret)),
            ("X-Amz-Signature", Some(Name::Secret)),
            ("sig", Some(Name::Short)),
            ("auth", Some(Name::Secret)),
            ("JSESSIONID", Some(Name::Short)),
            ("key", Some(Name::Key)),
            ("proxy-authorization", Some(Name::Authorization)),
            ("Set-Cookie", Some(Name::Cookie)),
            ("author", None),
            ("authority", None),
            ("design", None),
            ("bypass", None),
            ("passed", None),
            ("monkey", None),
            ("authSource", None),
            ("password_encryption", None),
            ("idempotency_key", None),
            ("primary_key", None),
            ("routingKey", None),
            ("token_type", None),
            ("secretName", None),
            ("keyspace", None),
            ("keepalive", None),
            ("", None),
        ];
        for (word, name) in table {
            assert_eq!(name_of(word.as_bytes()), name, "{word}");
        }
    }
}
