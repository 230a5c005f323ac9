mod file;
mod local;
mod refusal;
pub(crate) mod token;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use self::local::local;
use self::refusal::{Refusal, Why};
use self::token::{InvalidToken, Tokens};
use crate::request::Request;

/// Who may see the private answer. There is no default.
///
/// The decision comes before the method is looked at and before any work is done. Whoever is refused learns
/// nothing; the log says why, in an event at `debug`.
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
    By(Arc<Decide>),
    AnyOf(Arc<[Access]>),
}

/// A policy of the application's own.
type Decide = dyn Fn(&Request<'_>) -> bool + Send + Sync;

impl Access {
    /// Lets in who asks from this machine, which is safe only where nothing on this machine, or in this pod,
    /// forwards requests to the port.
    ///
    /// Behind a proxy everybody is a loopback peer, and many proxies in their plainest configuration send a local
    /// `Host` and no forwarding header: no request tells that it was forwarded. So serve it on a
    /// [`Listener`](crate::Listener) of its own, which no proxy points at, or use a [token](Access::token).
    ///
    /// The peer must be a loopback address; one that is not known is refused. `Host` must be `localhost`, a name
    /// below it, or a loopback address, so that no web page can reach it by a name that it lets point here; a
    /// request without a host is refused. A request with a forwarding header (`Forwarded`, `X-Forwarded-*`, `Via`
    /// and the like), or one that a browser says comes from another site, is refused. Others see a 404.
    pub fn loopback() -> Access {
        Access(Policy::Loopback)
    }

    /// Lets in who sends a token: `Authorization: Bearer <token>`, or as the password of `Basic`, with any user
    /// name, so that a browser can ask. Others see a 401.
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
    /// When there is none, or some would be refused by [`Access::token`]; the error names every such problem.
    pub fn tokens(
        tokens: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Access, InvalidToken> {
        Tokens::new(tokens).map(|tokens| Access(Policy::Tokens(tokens)))
    }

    /// Lets in who sends one of the tokens in a file, one in each line.
    ///
    /// The file is read again every second, by a thread that ends with the last clone of this: what it holds then
    /// is let in, and nothing else. While it cannot be read, or holds what [`Access::tokens`] would refuse, the
    /// tokens stay what they were, and the log says so.
    ///
    /// # Errors
    ///
    /// When it is no regular file of at most 64 KiB of text, or its tokens would be refused by
    /// [`Access::tokens`].
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

    /// Lets in whom a policy of one's own lets in, such as one network, or whose certificate the server has
    /// verified. Others see a 404.
    ///
    /// It is asked on the thread that serves the request, and should not block.
    ///
    /// ```
    /// use health_http::Access;
    /// use std::net::IpAddr;
    ///
    /// let office = Access::by(|request| {
    ///     let peer = request.peer().map(|peer| peer.ip().to_canonical());
    ///     matches!(peer, Some(IpAddr::V4(ip)) if ip.octets()[..2] == [10, 7])
    /// });
    /// # drop(office);
    /// ```
    pub fn by(policy: impl Fn(&Request<'_>) -> bool + Send + Sync + 'static) -> Access {
        Access(Policy::By(Arc::new(policy)))
    }

    /// Lets in whom any of these lets in. Others see a 401 if one of them takes a token, else a 404. Of none of them,
    /// everybody sees a 404.
    pub fn any_of(policies: impl IntoIterator<Item = Access>) -> Access {
        Access(Policy::AnyOf(policies.into_iter().collect()))
    }

    /// Decides, from nothing but the request.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Result<(), Refusal> {
        self.lets_in(request).map_err(|why| Refusal {
            why,
            wants_token: self.takes_a_token(),
        })
    }

    /// Whether it lets everybody in.
    #[cfg(feature = "listener")]
    pub(crate) fn is_open(&self) -> bool {
        match &self.0 {
            Policy::Loopback | Policy::Tokens(_) | Policy::By(_) => false,
            Policy::Open => true,
            Policy::AnyOf(policies) => policies.iter().any(Access::is_open),
        }
    }

    fn lets_in(&self, request: &Request<'_>) -> Result<(), Vec<Why>> {
        match &self.0 {
            Policy::Loopback => local(request).map_err(|why| vec![why]),
            Policy::Tokens(tokens) => {
                (tokens.authorize(request.headers())).map_err(|why| vec![why])
            }
            Policy::Open => Ok(()),
            Policy::By(policy) => policy(request).then_some(()).ok_or(vec![Why::Policy]),
            Policy::AnyOf(policies) => {
                let mut reasons = Vec::new();
                for access in policies.iter() {
                    match access.lets_in(request) {
                        Ok(()) => return Ok(()),
                        Err(why) => reasons.extend(why),
                    }
                }
                Err(reasons)
            }
        }
    }

    fn takes_a_token(&self) -> bool {
        match &self.0 {
            Policy::Loopback | Policy::Open | Policy::By(_) => false,
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
            Policy::By(_) => f.write_str("By(..)"),
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

    fn asks(access: &Access, headers: &HeaderMap) -> Result<(), Refusal> {
        access.decide(&Request::new(&Method::GET, "/health/deep", headers))
    }

    fn refused(why: &[Why], wants_token: bool) -> Result<(), Refusal> {
        let why = why.to_vec();
        Err(Refusal { why, wants_token })
    }

    #[test]
    fn any_of_lets_in_whom_one_lets_in_and_refuses_all_alike() {
        let token = || Access::token("0123456789abcdef").unwrap();
        let access = Access::any_of([Access::loopback(), token()]);
        let mut headers = HeaderMap::new();
        let why = [Why::NoPeer, Why::NoToken];
        assert_eq!(asks(&access, &headers), refused(&why, true));
        headers.insert(AUTHORIZATION, "Bearer 0123456789abcdef".parse().unwrap());
        assert_eq!(asks(&access, &headers), Ok(()));
        assert_eq!(asks(&Access::any_of([]), &headers), refused(&[], false));
    }

    #[test]
    fn a_policy_of_ones_own_sees_the_whole_request() {
        let access = Access::by(|request| {
            request.extension::<&str>() == Some(&"a certificate")
                && request.method() == Method::GET
                && request.headers().contains_key("x-team")
        });
        let mut request = http::Request::get("/health/deep").body(()).unwrap();
        request
            .headers_mut()
            .insert("x-team", "orders".parse().unwrap());
        let refused = refused(&[Why::Policy], false);
        assert_eq!(access.decide(&Request::from(&request)), refused);
        request.extensions_mut().insert("a certificate");
        assert_eq!(access.decide(&Request::from(&request)), Ok(()));
    }

    #[test]
    fn debug_never_shows_a_token() {
        let access = Access::any_of([Access::token("0123456789abcdef").unwrap()]);
        assert_eq!(format!("{access:?}"), "AnyOf[Tokens(1)]");
    }
}
