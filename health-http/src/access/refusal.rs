use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response, StatusCode};

use crate::request::Request;
use crate::response::{error, not_found};

/// Why a policy does not let somebody in. For the log alone: the answer never says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    NoPeer,
    ForeignPeer,
    NoHost,
    ForeignHost,
    Forwarded,
    CrossSite,
    NoToken,
    WrongToken,
    /// A policy of the application's own.
    Policy,
}

/// Somebody is not let in, by any of the policies.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) why: Vec<Why>,
    /// Whether a token would have been taken, so that the answer asks for one.
    pub(crate) wants_token: bool,
}

impl Refusal {
    /// Returns the answer for all who are refused: always the same bytes.
    pub(crate) fn response(&self) -> Response<Bytes> {
        if !self.wants_token {
            return not_found();
        }
        let mut response = error(StatusCode::UNAUTHORIZED, "{\"error\":\"unauthorized\"}\n");
        // Basic, so that a browser asks its user by itself.
        for scheme in ["Bearer", "Basic realm=\"health\", charset=\"UTF-8\""] {
            let scheme = HeaderValue::from_static(scheme);
            response.headers_mut().append(WWW_AUTHENTICATE, scheme);
        }
        response
    }

    /// Leaves a trace for whoever wonders why: an answer that says it would tell strangers, too.
    pub(crate) fn log(&self, request: &Request<'_>) {
        static WARNED: AtomicBool = AtomicBool::new(false);
        if self.why.contains(&Why::NoPeer) && !WARNED.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "`Access::loopback()` refuses everybody whose address is not known, and the server gave none: \
                 hand the peer's address over (in axum, serve with \
                 `into_make_service_with_connect_info::<SocketAddr>()`), or use a token; over a Unix socket there is \
                 none, and `Access::open()` is what it is for; said once"
            );
        }
        tracing::debug!(
            path = request.path(),
            peer = request.peer().map(tracing::field::display),
            because = %self,
            "refused the private answer"
        );
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why.split_first() {
            None => f.write_str("nobody is let in"),
            Some((first, others)) => {
                write!(f, "{first}")?;
                others.iter().try_for_each(|why| write!(f, "; {why}"))
            }
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NoPeer => "the server did not say who asks",
            Why::ForeignPeer => "the peer is not on this machine",
            Why::NoHost => "the request names no host",
            Why::ForeignHost => "the request names a host that is not local",
            Why::Forwarded => "a header says that something forwarded it",
            Why::CrossSite => "a page of another site asks",
            Why::NoToken => "there is no token",
            Why::WrongToken => "the token is not one of those that are let in",
            Why::Policy => "the application's own policy says so",
        })
    }
}
