use std::fmt;
use std::net::SocketAddr;

use http::{HeaderMap, Method};

/// The parts of a request that its answer depends on.
///
/// ```
/// use health_http::Request;
///
/// let request = http::Request::get("/health/ready?verbose").body(())?;
/// let request = Request::from(&request).peer("127.0.0.1:50000".parse().ok());
/// # drop(request);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) authority: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) peer: Option<SocketAddr>,
}

impl<'a> Request<'a> {
    /// Takes the parts that every request has; `path` is still percent-encoded and has no query.
    pub fn new(method: &'a Method, path: &'a str, headers: &'a HeaderMap) -> Request<'a> {
        Request {
            method,
            path,
            query: None,
            authority: None,
            headers,
            peer: None,
        }
    }

    /// Adds what stands behind the `?`.
    #[must_use]
    pub fn query(self, query: Option<&'a str>) -> Request<'a> {
        Request { query, ..self }
    }

    /// Adds the host that the request line names (absolute form, or `:authority` in HTTP/2).
    #[must_use]
    pub fn authority(self, authority: Option<&'a str>) -> Request<'a> {
        Request { authority, ..self }
    }

    /// Adds the address at the other end of the connection, never one that a header claims.
    #[must_use]
    pub fn peer(self, peer: Option<SocketAddr>) -> Request<'a> {
        Request { peer, ..self }
    }
}

impl<'a, B> From<&'a http::Request<B>> for Request<'a> {
    fn from(request: &'a http::Request<B>) -> Request<'a> {
        let uri = request.uri();
        Request::new(request.method(), uri.path(), request.headers())
            .query(uri.query())
            .authority(uri.authority().map(http::uri::Authority::as_str))
    }
}

// By hand, because headers can hold a token.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.method)
            .field("path", &self.path)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}
