use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::TokioExecutor;

/// What a client may take of us.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many connections there are at the same time.
    pub(super) connections: usize,
    /// For how long a request may be on its way.
    pub(super) asking: Duration,
    /// For how long there may be no request.
    pub(super) idle: Duration,
    /// For how long an answer may be on its way.
    pub(super) answering: Duration,
    /// For how long a client may stay after it was told to leave.
    pub(super) leaving: Duration,
}

/// How many connections wait in the system to be accepted: who finds no place there comes again after a second.
pub(super) const BACKLOG: u32 = 1024;

/// The most requests on one HTTP/1 connection, so that no client has more of the listener than it comes back for.
///
/// There is none for HTTP/2: a client that is told to leave while it asks loses that request in more than one library.
pub(super) const REQUESTS: usize = 1_000;

/// The most frames of HTTP/2 that a client sends without taking an answer; one that asks needs a handful.
pub(super) const FRAMES: usize = 256;

/// The longest head of a request.
const HEAD: u16 = 16 * 1024;

/// The most headers of a request.
const HEADERS: usize = 100;

/// The most requests at a time on one connection.
const STREAMS: u32 = 16;

/// The most bytes of request bodies that are on their way, unread; less cannot be said for a connection.
const WINDOW: u32 = 65_535;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 256,
            asking: Duration::from_secs(5),
            // Longer than the pause of any common prober, so that it can keep its connection.
            idle: Duration::from_secs(75),
            answering: Duration::from_secs(10),
            leaving: Duration::from_secs(1),
        }
    }
}

/// The servers of one connection, with limits to what they read.
#[derive(Clone, Debug)]
pub(super) struct Http {
    pub(super) one: http1::Builder,
    pub(super) two: http2::Builder<TokioExecutor>,
}

impl Http {
    pub(super) fn new() -> Http {
        let mut one = http1::Builder::new();
        one.max_header_size(HEAD.into())
            .max_headers(HEADERS)
            .max_buf_size(2 * usize::from(HEAD))
            // A client that has said all may close its half and still wants the answer.
            .half_close(true)
            // Its time would also run out between two requests; ours knows the difference.
            .header_read_timeout(None);
        let mut two = http2::Builder::new(TokioExecutor::new());
        two.max_header_list_size(HEAD.into())
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW);
        Http { one, two }
    }
}
