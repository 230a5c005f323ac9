//! Requests as bytes over a socket: what a client really sends and sees.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Only keeps a broken test from running for ever.
const LIMIT: Duration = Duration::from_mins(1);

/// Connects; reading from it fails rather than waits for ever.
///
/// # Panics
///
/// When nobody listens there.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("somebody listens there");
    stream
        .set_read_timeout(Some(LIMIT))
        .expect("the limit is not zero");
    stream
}

/// Sends these bytes on a new connection, and returns all that comes until it is closed.
///
/// # Panics
///
/// As [`connect`], and when the connection is never closed.
pub fn exchange(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = connect(address);
    // One that is closed before all is sent may have been answered.
    let _ = stream.write_all(request.as_ref());
    rest(&mut stream)
}

/// Asks for a path, and returns the code and the body, whole also if it comes in chunks.
///
/// # Panics
///
/// As [`exchange`], and when there is no answer.
pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = exchange(address, request);
    let code = code(&answer).expect("an answer");
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let is_chunked = head
        .to_lowercase()
        .contains("\r\ntransfer-encoding: chunked");
    let body = body(&answer);
    let body = if is_chunked {
        unchunked(body)
    } else {
        body.to_owned()
    };
    (code, body)
}

fn unchunked(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|_| size > 0) else {
            break;
        };
        body.push_str(chunk);
        chunks = rest[size..].trim_start_matches("\r\n");
    }
    body
}

/// Returns all that comes until the other side closes, or resets.
///
/// # Panics
///
/// When it does neither.
pub fn rest(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "it is never closed");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code of an answer, if it is one.
pub fn code(answer: &str) -> Option<u16> {
    let version = answer
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| answer.strip_prefix("HTTP/1.0 "))?;
    version.get(..3)?.parse().ok()
}

/// The body of an answer.
pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}
