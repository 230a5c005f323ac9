use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::{env, fmt};

use arc_swap::ArcSwap;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq};

use super::file::{self, FileError};
use super::refusal::Why;
use crate::problems;

/// A token of fewer bytes could be guessed.
const SHORTEST: usize = 16;

/// The tokens that are let in; those of a file change with it.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<ArcSwap<Vec<Token>>>);

pub(super) type Token = Box<[u8]>;

impl Tokens {
    pub(crate) fn new(
        tokens: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Tokens, InvalidToken> {
        let tokens = tokens.into_iter().map(|token| Token::from(token.as_ref()));
        let tokens = (1..)
            .zip(tokens)
            .map(|(n, token)| (format!("token {n}"), token));
        checked(tokens, "").map(Tokens::of)
    }

    pub(crate) fn in_file(path: &Path) -> Result<Tokens, InvalidToken> {
        let tokens = Tokens::of(read(path)?);
        file::follow(path.into(), Arc::downgrade(&tokens.0), read)
            .map_err(|error| InvalidToken::unread(&format!("`{}`", path.display()), error))?;
        Ok(tokens)
    }

    pub(crate) fn in_env(variable: &str) -> Result<Tokens, InvalidToken> {
        // `VarError` would show what the variable holds.
        let unread = |_| {
            let why = "it is not set, or no text: put one token into each of its lines";
            InvalidToken::unread(&format!("`{variable}`"), why)
        };
        let text = env::var(variable).map_err(unread)?;
        in_lines(&text, &format!("`{variable}`")).map(Tokens::of)
    }

    fn of(tokens: Vec<Token>) -> Tokens {
        Tokens(Arc::new(ArcSwap::from_pointee(tokens)))
    }

    /// Whether the one `Authorization` header holds one of the tokens.
    ///
    /// How long that takes tells how long the tokens are, and nothing else of them: all are compared, each to
    /// its end.
    pub(crate) fn authorize(&self, headers: &HeaderMap) -> Result<(), Why> {
        let given = given(headers).ok_or(Why::NoToken)?;
        let tokens = self.0.load();
        let found = tokens
            .iter()
            .fold(Choice::from(0), |found, token| found | token.ct_eq(&*given));
        if found.into() {
            Ok(())
        } else {
            Err(Why::WrongToken)
        }
    }
}

/// What a request sends as a token: that of `Bearer`, or the password of `Basic`.
fn given(headers: &HeaderMap) -> Option<Token> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let value = value.as_bytes();
    let end_of_scheme = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, rest) = value.split_at(end_of_scheme);
    let rest = rest.trim_ascii();
    if scheme.eq_ignore_ascii_case(b"bearer") {
        Some(rest.into())
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        let user_and_password = BASE64_STANDARD.decode(rest).ok()?;
        let colon = user_and_password.iter().position(|byte| *byte == b':')?;
        Some(user_and_password[colon + 1..].into())
    } else {
        None
    }
}

fn read(path: &Path) -> Result<Vec<Token>, InvalidToken> {
    let place = format!("`{}`", path.display());
    let unread = |error: FileError| InvalidToken::unread(&place, error);
    in_lines(&file::read(path).map_err(unread)?, &place)
}

/// One token in each line; empty lines are passed over.
fn in_lines(text: &str, place: &str) -> Result<Vec<Token>, InvalidToken> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let tokens = lines.filter(|(_, line)| !line.is_empty());
    let tokens = tokens.map(|(n, line)| (format!("line {n} of {place}"), line.as_bytes().into()));
    checked(tokens, &format!(" in {place}"))
}

/// Takes tokens, each with its place, if none of them is wrong.
fn checked(
    tokens: impl Iterator<Item = (String, Token)>,
    whole: &str,
) -> Result<Vec<Token>, InvalidToken> {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for (place, token) in tokens {
        match problem(&token) {
            Some(problem) => problems.push(format!("{place} {problem}")),
            None => good.push(token),
        }
    }
    if good.is_empty() && problems.is_empty() {
        problems.push(format!("there is none{whole}, so nobody would be let in"));
    }
    if problems.is_empty() {
        Ok(good)
    } else {
        Err(InvalidToken { problems })
    }
}

fn problem(token: &[u8]) -> Option<String> {
    if token.len() < SHORTEST {
        let count = token.len();
        Some(format!(
            "has {count} bytes, and one that cannot be guessed has at least {SHORTEST}"
        ))
    } else if !token.iter().all(|byte| matches!(byte, b' '..=b'~')) || token != token.trim_ascii() {
        Some("could not be sent: one is printable ASCII without space around it".into())
    } else {
        None
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.load().len())
    }
}

/// Why tokens cannot be used. Never shows a token.
///
/// `Debug` and `Display` are the same text, so that `main` can return it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidToken {
    problems: Vec<String>,
}

impl InvalidToken {
    fn unread(place: &str, why: impl fmt::Display) -> InvalidToken {
        let problem = format!("those in {place} cannot be read: {why}");
        InvalidToken {
            problems: vec![problem],
        }
    }

    /// Returns the problems, in the order in which the tokens were given.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        problems::write(f, "the tokens cannot be used", &self.problems)
    }
}

impl fmt::Debug for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for InvalidToken {}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(tokens: &Tokens, values: &[&str]) -> Result<(), Why> {
        let values = values
            .iter()
            .map(|value| (AUTHORIZATION, value.parse().unwrap()));
        tokens.authorize(&values.collect())
    }

    fn basic(user_and_password: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(user_and_password))
    }

    #[test]
    fn one_of_the_tokens_is_let_in_and_nothing_else() {
        let tokens = Tokens::new(["0123456789abcdef", "fedcba9876543210"]).unwrap();
        let (none, wrong) = (Err(Why::NoToken), Err(Why::WrongToken));
        for (values, expected) in [
            (&["Bearer 0123456789abcdef"][..], Ok(())),
            (&["bearer fedcba9876543210"], Ok(())),
            (&["Bearer  0123456789abcdef"], Ok(())),
            (&["Bearer 0123456789abcdeg"], wrong),
            (&["Bearer 0123456789abcde"], wrong),
            (&["Bearer 0123456789abcdef0"], wrong),
            (&["Bearer "], wrong),
            (&["Bearer"], none),
            (&["Basic 0123456789abcdef"], none),
            (&["0123456789abcdef"], none),
            (
                &["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"],
                none,
            ),
            (&[], none),
        ] {
            assert_eq!(asks(&tokens, values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_browser_sends_a_token_as_a_password() {
        let tokens = Tokens::new(["0123456789:abcdef"]).unwrap();
        for (user_and_password, expected) in [
            ("anybody:0123456789:abcdef", Ok(())),
            (":0123456789:abcdef", Ok(())),
            ("0123456789:abcdef", Err(Why::WrongToken)),
            ("0123456789:abcdef:", Err(Why::WrongToken)),
            ("anybody:0123456789:abcde", Err(Why::WrongToken)),
            ("anybody", Err(Why::NoToken)),
        ] {
            let sent = basic(user_and_password);
            assert_eq!(asks(&tokens, &[&sent]), expected, "{user_and_password}");
        }
        assert_eq!(asks(&tokens, &["Basic ?"]), Err(Why::NoToken));
    }

    #[test]
    fn all_that_is_wrong_with_tokens_is_said_at_once_and_no_token_is_shown() {
        let tokens = [
            "sesame",
            "0123456789abcdef",
            "a newline at the end\n",
            "a control\0character",
        ];
        let refused = Tokens::new(tokens).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the tokens cannot be used, for 3 reasons:\n  \
             token 1 has 6 bytes, and one that cannot be guessed has at least 16\n  \
             token 3 could not be sent: one is printable ASCII without space around it\n  \
             token 4 could not be sent: one is printable ASCII without space around it"
        );
        assert_eq!(refused.problems().len(), 3);
        let none = Tokens::new([""; 0]).unwrap_err();
        assert_eq!(
            none.to_string(),
            "the tokens cannot be used: there is none, so nobody would be let in"
        );
    }

    #[test]
    fn each_line_is_a_token() {
        let tokens = in_lines("0123456789abcdef\r\n\n  fedcba9876543210\n", "`TOKENS`").unwrap();
        assert_eq!(
            tokens,
            [
                Token::from(*b"0123456789abcdef"),
                Token::from(*b"fedcba9876543210")
            ]
        );
        let wrong = in_lines("\n0123456789abcdef\nshort\n", "`TOKENS`").unwrap_err();
        assert!(
            wrong.problems()[0].starts_with("line 3 of `TOKENS` has 5 bytes"),
            "{wrong}"
        );
        let none = in_lines("\n \n", "`TOKENS`").unwrap_err();
        assert_eq!(
            none.problems(),
            ["there is none in `TOKENS`, so nobody would be let in"]
        );
    }

    #[test]
    fn a_source_that_cannot_be_read_is_named() {
        let refused = Tokens::in_env("NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the tokens cannot be used: those in `NO_SUCH_VARIABLE` cannot be read: it is not set, or no text: put one token into each of its lines"
        );
        for (path, why) in [
            ("/no/such/file", "No such file"),
            ("/dev/zero", "it is no regular file"),
        ] {
            let refused = Tokens::in_file(Path::new(path)).unwrap_err().to_string();
            let expected =
                format!("the tokens cannot be used: those in `{path}` cannot be read: {why}");
            assert!(refused.starts_with(&expected), "{refused}");
        }
    }
}
