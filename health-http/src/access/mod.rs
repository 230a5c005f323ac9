mod local;
pub(crate) mod token;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use self::local::is_local;
use self::token::{InvalidToken, Tokens};
use crate::request::Request;

/// Who may see the private answer. There is no default.
///
/// The decision comes before the method is looked at and before any work is done.
///
/// ```
/// use health_http::Access;
///
/// let tokens = ["the one in use until Friday", "the one in use from Friday"];
/// let access = Access::any_of([Access::loopback(), Access::tokens(tokens)?]);
/// # drop(access);
/// # Ok::<(), health_http::InvalidToken>(())
/// ```
#[derive(Clone)]
pub struct Access(Policy);

#[derive(Clone)]
enum Policy {
    Loopback,
    Tokens(Tokens),
    Open,
    AnyOf(Arc<[Access]>),
}

/// How somebody is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// As if there was nothing.
    Hidden,
    /// Asking for a token.
    TokenWanted,
}

impl Access {
    /// Lets in who asks from this machine, by a local name, and not through a proxy. Others see a 404.
    ///
    /// The peer must be a loopback address; one that is not known is refused. `Host` must be `localhost`, a name
    /// below it, or a loopback address, so that no web page can reach it by a name that it lets point here; a request without a host is refused. A request
    /// with a forwarding header (`Forwarded`, `X-Forwarded-*`, `Via` and the like), or one that a browser says
    /// comes from another site, is refused.
    ///
    /// Behind a proxy in the same pod or on the same machine that passes bytes through, everybody is
    /// loopback: use a token there.
    pub fn loopback() -> Access {
        Access(Policy::Loopback)
    }

    /// Lets in who sends `Authorization: Bearer <token>`. Others see a 401.
    ///
    /// # Errors
    ///
    /// When the token has fewer than 16 bytes, or one that cannot stand in a header.
    pub fn token(token: impl AsRef<[u8]>) -> Result<Access, InvalidToken> {
        Access::tokens([token])
    }

    /// Lets in who sends any of several tokens, so that they can be rotated.
    ///
    /// # Errors
    ///
    /// When there is none, or one of them would be refused by [`Access::token`].
    pub fn tokens(
        tokens: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Access, InvalidToken> {
        Tokens::new(tokens).map(|tokens| Access(Policy::Tokens(tokens)))
    }

    /// Lets in who sends one of the tokens in a file, one in each line.
    ///
    /// The file is read here and not again.
    ///
    /// # Errors
    ///
    /// When it cannot be read as text, or its tokens would be refused by [`Access::tokens`].
    pub fn tokens_in_file(path: impl AsRef<Path>) -> Result<Access, InvalidToken> {
        Tokens::in_file(path.as_ref()).map(|tokens| Access(Policy::Tokens(tokens)))
    }

    /// Lets in who sends one of the tokens in an environment variable, one in each line.
    ///
    /// # Errors
    ///
    /// When it is not set to a text, or its tokens would be refused by [`Access::tokens`].
    pub fn tokens_in_env(variable: &str) -> Result<Access, InvalidToken> {
        Tokens::in_env(variable).map(|tokens| Access(Policy::Tokens(tokens)))
    }

    /// Lets everybody in: for a listener that is itself private.
    pub fn open() -> Access {
        Access(Policy::Open)
    }

    /// Lets in whom any of these lets in. Others see a 401 if one of them takes a token, else a 404.
    pub fn any_of(policies: impl IntoIterator<Item = Access>) -> Access {
        Access(Policy::AnyOf(policies.into_iter().collect()))
    }

    /// Decides, from nothing but the request.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Result<(), Refusal> {
        if self.lets_in(request) {
            Ok(())
        } else if self.takes_a_token() {
            Err(Refusal::TokenWanted)
        } else {
            Err(Refusal::Hidden)
        }
    }

    /// Whether it lets everybody in.
    #[cfg(feature = "listener")]
    pub(crate) fn is_open(&self) -> bool {
        match &self.0 {
            Policy::Loopback | Policy::Tokens(_) => false,
            Policy::Open => true,
            Policy::AnyOf(policies) => policies.iter().any(Access::is_open),
        }
    }

    fn lets_in(&self, request: &Request<'_>) -> bool {
        match &self.0 {
            Policy::Loopback => is_local(request),
            Policy::Tokens(tokens) => tokens.authorize(request.headers),
            Policy::Open => true,
            Policy::AnyOf(policies) => policies.iter().any(|access| access.lets_in(request)),
        }
    }

    fn takes_a_token(&self) -> bool {
        match &self.0 {
            Policy::Loopback | Policy::Open => false,
            Policy::Tokens(_) => true,
            Policy::AnyOf(policies) => policies.iter().any(Access::takes_a_token),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Policy::Loopback => f.write_str("Loopback"),
            Policy::Tokens(tokens) => fmt::Debug::fmt(tokens, f),
            Policy::Open => f.write_str("Open"),
            Policy::AnyOf(policies) => {
                f.write_str("AnyOf")?;
                f.debug_list().entries(policies.iter()).finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use http::{HeaderMap, Method};

    use super::*;

    #[test]
    fn any_of_lets_in_whom_one_lets_in_and_refuses_all_alike() {
        let access = Access::any_of([
            Access::loopback(),
            Access::token("0123456789abcdef").unwrap(),
        ]);
        let mut headers = HeaderMap::new();
        assert_eq!(
            access.decide(&Request::new(&Method::GET, "/health/deep", &headers)),
            Err(Refusal::TokenWanted)
        );
        headers.insert(AUTHORIZATION, "Bearer 0123456789abcdef".parse().unwrap());
        assert_eq!(
            access.decide(&Request::new(&Method::GET, "/health/deep", &headers)),
            Ok(())
        );
        let nobody = Access::any_of([]);
        assert_eq!(
            nobody.decide(&Request::new(&Method::GET, "/health/deep", &headers)),
            Err(Refusal::Hidden)
        );
    }

    #[test]
    fn debug_never_shows_a_token() {
        let access = Access::any_of([Access::token("0123456789abcdef").unwrap()]);
        assert_eq!(format!("{access:?}"), "AnyOf[Tokens(1)]");
    }
}
