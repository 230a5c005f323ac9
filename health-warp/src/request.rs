use std::convert::Infallible;
use std::net::SocketAddr;

use health_http::Request;
use http::{HeaderMap, Method};
use warp::Filter;
use warp::host::Authority;

/// Stands for a host that contradicts another or is none, so that nobody takes it for a local one.
const NO_HOST: &str = "";

/// The parts of a request, besides its path, that the answer depends on.
pub(crate) struct Parts {
    method: Method,
    query: String,
    authority: Option<String>,
    headers: HeaderMap,
    peer: Option<SocketAddr>,
}

impl Parts {
    pub(crate) fn request<'a>(&'a self, path: &'a str) -> Request<'a> {
        Request::new(&self.method, path, &self.headers)
            .with_query(Some(&self.query))
            .with_authority(self.authority.as_deref())
            .with_peer(self.peer)
    }
}

/// Takes the parts, whatever they are: a filter that rejected here would hand our path to the application.
pub(crate) fn parts() -> impl Filter<Extract = (Parts,), Error = Infallible> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let named =
        warp::host::optional().map(|host: Option<Authority>| host.map(|host| host.to_string()));
    let authority = named
        .or(warp::any().map(|| Some(NO_HOST.to_owned())))
        .unify();
    warp::method()
        .and(query)
        .and(authority)
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .map(|method, query, authority, headers, peer| Parts {
            method,
            query,
            authority,
            headers,
            peer,
        })
}
