use std::time::Duration;

use hyper::server::conn::http1;

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
    /// For how long a client may go on sending after its last answer.
    pub(super) leaving: Duration,
}

/// The longest head of a request.
const HEAD: usize = 16 * 1024;

/// The most headers of a request.
const HEADERS: usize = 100;

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

/// The server of one connection, with limits to what it reads.
pub(super) fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.max_header_size(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(2 * HEAD)
        // A client that has said all may close its half and still wants the answer.
        .half_close(true)
        // Its time would also run out between two requests; ours knows the difference.
        .header_read_timeout(None);
    http
}
