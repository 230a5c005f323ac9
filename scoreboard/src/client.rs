use std::io;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection that is kept alive, as a prober's.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What was answered, and how long that took.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Connection {
    pub(crate) async fn open(port: u16) -> io::Result<Connection> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        // Closed at once, so that thousands of them do not use up the ports.
        stream.set_zero_linger()?;
        Ok(Connection {
            stream,
            received: Vec::new(),
        })
    }

    pub(crate) async fn ask(&mut self, path: &str) -> io::Result<Answer> {
        self.ask_for(path, "*/*").await
    }

    pub(crate) async fn ask_for(&mut self, path: &str, accept: &str) -> io::Result<Answer> {
        let asked = Instant::now();
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n\r\n");
        self.stream.write_all(head.as_bytes()).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((code, body)) = whole(&self.received) {
                let took = asked.elapsed();
                return Ok(Answer { code, body, took });
            }
        }
    }
}

/// Asks once, on a new connection, and waits no longer than `limit`.
pub(crate) async fn ask(port: u16, path: &str, limit: Duration) -> io::Result<Answer> {
    let asked = Instant::now();
    let answered = async { Connection::open(port).await?.ask(path).await };
    let mut answer = timeout(limit, answered).await??;
    answer.took = asked.elapsed();
    Ok(answer)
}

/// The code and the body, once all of it has come.
fn whole(received: &[u8]) -> Option<(u16, String)> {
    let text = std::str::from_utf8(received).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    let code = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() >= length.parse().ok()?).then(|| (code, body.to_owned()))
}
