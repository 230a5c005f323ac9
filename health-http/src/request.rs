use std::fmt;
use std::net::SocketAddr;

use http::uri::Authority;
use http::{Extensions, HeaderMap, Method};

/// The parts of a request that its answer depends on, for servers that have no [`http::Request`].
///
/// ```
/// use health_core::Health;
/// use health_http::{Access, Endpoints, Request};
/// use http::{HeaderMap, Method};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let endpoints = Endpoints::probes(&Health::builder().allow_empty().start()?);
///
/// let headers = HeaderMap::new();
/// let request = Request::new(&Method::GET, "/health/ready", &headers)
///     .with_query(Some("verbose"))
///     .with_peer("10.1.2.3:50000".parse().ok());
/// let response = endpoints.respond_to(&request).ok_or("ours")?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    method: &'a Method,
    path: &'a str,
    query: Option<&'a str>,
    authority: Option<&'a str>,
    headers: &'a HeaderMap,
    extensions: Option<&'a Extensions>,
    peer: Option<SocketAddr>,
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
            extensions: None,
            peer: None,
        }
    }

    /// Sets what stands behind the `?`.
    #[must_use]
    pub fn with_query(self, query: Option<&'a str>) -> Request<'a> {
        Request { query, ..self }
    }

    /// Sets the host that the request line names (absolute form, or `:authority` in HTTP/2).
    #[must_use]
    pub fn with_authority(self, authority: Option<&'a str>) -> Request<'a> {
        Request { authority, ..self }
    }

    /// Sets what the server or a layer before us found out about the request.
    #[must_use]
    pub fn with_extensions(self, extensions: &'a Extensions) -> Request<'a> {
        let extensions = Some(extensions);
        Request { extensions, ..self }
    }

    /// Sets the address at the other end of the connection, never one that a header claims.
    #[must_use]
    pub fn with_peer(self, peer: Option<SocketAddr>) -> Request<'a> {
        Request { peer, ..self }
    }

    /// Returns the method.
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// Returns the path, percent-encoded, without the query.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Returns what stands behind the `?`.
    pub fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// Returns the host that the request line names; the `Host` header is one of the headers.
    pub fn authority(&self) -> Option<&'a str> {
        self.authority
    }

    /// Returns the headers.
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// Returns what the server or a layer before us found out, such as the client's certificate; warp's filters are
    /// not told that, so there it is always `None`.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.extensions?.get()
    }

    /// Returns the address at the other end of the connection, where the server told it.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }
}

impl<'a, B> From<&'a http::Request<B>> for Request<'a> {
    fn from(request: &'a http::Request<B>) -> Request<'a> {
        let uri = request.uri();
        Request::new(request.method(), uri.path(), request.headers())
            .with_query(uri.query())
            .with_authority(uri.authority().map(Authority::as_str))
            .with_extensions(request.extensions())
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
