use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::{env, fmt, fs};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// A token of fewer bytes could be guessed.
const SHORTEST: usize = 16;

/// The digests of the tokens that are let in; the tokens themselves are not kept.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<[[u8; 32]]>);

impl Tokens {
    pub(crate) fn new(
        tokens: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Tokens, InvalidToken> {
        let digests: Arc<[_]> = tokens
            .into_iter()
            .map(|token| checked(token.as_ref()))
            .collect::<Result<_, _>>()?;
        if digests.is_empty() {
            Err(InvalidToken(Problem::None))
        } else {
            Ok(Tokens(digests))
        }
    }

    /// One token in each line; empty lines are passed over.
    fn in_lines(text: &str) -> Result<Tokens, InvalidToken> {
        Tokens::new(text.lines().map(str::trim).filter(|line| !line.is_empty()))
    }

    pub(crate) fn in_file(path: &Path) -> Result<Tokens, InvalidToken> {
        let unread = |error| {
            InvalidToken(Problem::NotRead(format!(
                "the tokens in `{}`: {error}",
                path.display()
            )))
        };
        Tokens::in_lines(&fs::read_to_string(path).map_err(unread)?)
    }

    pub(crate) fn in_env(variable: &str) -> Result<Tokens, InvalidToken> {
        // `VarError` would show what the variable holds.
        let unread = |_| {
            InvalidToken(Problem::NotRead(format!(
                "the tokens in `{variable}`: it is not set, or no text"
            )))
        };
        Tokens::in_lines(&env::var(variable).map_err(unread)?)
    }

    /// Whether the one `Authorization` header holds one of the tokens.
    ///
    /// How long that takes says nothing about the tokens: digests have one length, and all are compared.
    pub(crate) fn authorize(&self, headers: &HeaderMap) -> bool {
        let Some(token) = bearer(headers) else {
            return false;
        };
        let given = digest(token);
        let none = Choice::from(0);
        self.0
            .iter()
            .fold(none, |found, known| found | known.ct_eq(&given))
            .into()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.as_bytes().split_at_checked(b"bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| token.trim_ascii())
}

fn checked(token: &[u8]) -> Result<[u8; 32], InvalidToken> {
    if token.len() < SHORTEST {
        Err(InvalidToken(Problem::Short(token.len())))
    } else if !token
        .trim_ascii()
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~'))
        || token != token.trim_ascii()
    {
        Err(InvalidToken(Problem::Character))
    } else {
        Ok(digest(token))
    }
}

fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

/// Why a token cannot be used. Never shows the token.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidToken(Problem);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    None,
    NotRead(String),
    Short(usize),
    Character,
}

// As `Display`, so that `main` can return it.
impl fmt::Debug for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::NotRead(ref why) => f.write_str(why),
            Problem::None => f.write_str("there is no token, so nobody would be let in"),
            Problem::Short(n) => {
                write!(f, "a token has at least {SHORTEST} bytes, this one has {n}")
            }
            Problem::Character => f.write_str(
                "a token is printable ASCII without space around it, this one could not be sent",
            ),
        }
    }
}

impl Error for InvalidToken {}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorizes(tokens: &Tokens, values: &[&str]) -> bool {
        tokens.authorize(
            &values
                .iter()
                .map(|value| (AUTHORIZATION, value.parse().unwrap()))
                .collect(),
        )
    }

    #[test]
    fn one_of_the_tokens_is_let_in_and_nothing_else() {
        let tokens = Tokens::new(["0123456789abcdef", "fedcba9876543210"]).unwrap();
        for (values, expected) in [
            (&["Bearer 0123456789abcdef"][..], true),
            (&["bearer fedcba9876543210"], true),
            (&["Bearer  0123456789abcdef"], true),
            (&["Bearer 0123456789abcdeg"], false),
            (&["Bearer 0123456789abcde"], false),
            (&["Bearer "], false),
            (&["Bearer"], false),
            (&["Basic 0123456789abcdef"], false),
            (&["0123456789abcdef"], false),
            (
                &["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"],
                false,
            ),
            (&[], false),
        ] {
            assert_eq!(authorizes(&tokens, values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_token_that_could_be_guessed_or_never_sent_is_refused() {
        assert!(Tokens::new(["fifteen bytes ."]).is_err());
        assert!(Tokens::new(["a newline at the end\n"]).is_err());
        assert!(Tokens::new(["a control\0character"]).is_err());
        assert!(Tokens::new([""; 0]).is_err());
        assert!(Tokens::in_lines("\n \n").is_err());
        let refused = Tokens::new(["sesame"]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a token has at least 16 bytes, this one has 6"
        );
    }

    #[test]
    fn each_line_is_a_token() {
        let tokens = Tokens::in_lines("0123456789abcdef\r\n\n  fedcba9876543210\n").unwrap();
        assert!(authorizes(&tokens, &["Bearer 0123456789abcdef"]));
        assert!(authorizes(&tokens, &["Bearer fedcba9876543210"]));
    }

    #[test]
    fn a_source_that_cannot_be_read_is_named() {
        let refused = Tokens::in_env("NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the tokens in `NO_SUCH_VARIABLE`: it is not set, or no text"
        );
        let refused = Tokens::in_file(Path::new("/no/such/file")).unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("the tokens in `/no/such/file`: "),
            "{refused}"
        );
    }
}
