//! One way to ask over HTTP/1.1 and HTTP/2.

use std::fmt;
use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::wire;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

/// A server, asked over one version of HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) server: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) version: Version,
}

/// A server, asked by another name.
pub(crate) struct ByHost<'a> {
    asked: Asked,
    host: &'a str,
}

/// An answer, without what only says when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice: {self:?}");
        value
    }
}

impl Asked {
    pub(crate) fn is_http_1(&self) -> bool {
        self.version == Version::Http1
    }

    pub(crate) fn by_host<'a>(&self, host: &'a str) -> ByHost<'a> {
        ByHost { asked: *self, host }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.exchange("localhost", method, path, headers).await
    }

    /// Sends bytes, and returns the code of the answer, if one comes.
    pub(crate) async fn send(&self, request: String) -> Option<u16> {
        let address = self.address;
        let answer = spawn_blocking(move || {
            let mut stream = wire::connect(address);
            let _ = std::io::Write::write_all(&mut stream, request.as_bytes());
            // Nothing more comes, so that one that waits for more need not wait for its limit.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            wire::rest(&mut stream)
        });
        wire::code(&answer.await.unwrap())
    }

    async fn exchange(
        &self,
        host: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let stream = TokioIo::new(stream);
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Empty::<Bytes>::new();
        let response = match self.version {
            Version::Http1 => {
                let (mut sender, connection) = http1::handshake(stream).await.unwrap();
                tokio::spawn(connection);
                let request = request.uri(path).header("host", host).body(body).unwrap();
                sender.send_request(request).await
            }
            Version::Http2 => {
                let executor = TokioExecutor::new();
                let (mut sender, connection) = http2::handshake(executor, stream).await.unwrap();
                tokio::spawn(connection);
                let uri = format!("http://{host}{path}");
                sender
                    .send_request(request.uri(uri).body(body).unwrap())
                    .await
            }
        };
        let response = response.unwrap_or_else(|error| panic!("{self} {method} {path}: {error}"));
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        let headers = parts.headers.iter().filter(|(name, _)| *name != "date");
        Answer {
            code: parts.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: text(&body),
        }
    }
}

impl ByHost<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.asked.exchange(self.host, "GET", path, &[]).await
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {:?}:", self.server, self.version)
    }
}
