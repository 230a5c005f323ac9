//! A steady stream of requests whose every answer counts.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{interval, timeout};

/// Between two requests: 200 a second.
const PAUSE: Duration = Duration::from_millis(5);

/// Only keeps a broken test from running for ever.
const LIMIT: Duration = Duration::from_secs(30);

/// Requests that are sent until this is dropped: every second one over a connection that is kept, every fifth
/// a `POST`.
#[derive(Debug)]
pub struct Load {
    counts: Arc<Mutex<Counts>>,
    sending: AbortHandle,
}

/// What became of the requests.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How many were answered with 200.
    pub served: usize,
    /// What was said to those that were not, or what went wrong.
    pub lost: Vec<String>,
    /// When each body was last seen: a replica answers with its port.
    pub last: BTreeMap<String, Instant>,
}

impl Load {
    /// Starts to ask for a path.
    pub fn start(address: SocketAddr, path: &'static str) -> Load {
        Load::keeping(address, path, 2)
    }

    /// The same, with a new connection for each request.
    pub fn over_new_connections(address: SocketAddr, path: &'static str) -> Load {
        Load::keeping(address, path, u64::MAX)
    }

    fn keeping(address: SocketAddr, path: &'static str, every: u64) -> Load {
        let counts = Arc::default();
        let sending = tokio::spawn(send(address, path, every, Arc::clone(&counts))).abort_handle();
        Load { counts, sending }
    }

    /// What became of the requests so far.
    ///
    /// # Panics
    ///
    /// Never: nothing panics while it counts.
    pub fn counts(&self) -> Counts {
        self.counts.lock().expect("nothing panics with it").clone()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

async fn send(
    address: SocketAddr,
    path: &'static str,
    keeps_every: u64,
    counts: Arc<Mutex<Counts>>,
) {
    let kept: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let (mut ticks, mut requests) = (interval(PAUSE), JoinSet::new());
    for turn in 0_u64.. {
        ticks.tick().await;
        let (counts, kept) = (Arc::clone(&counts), Arc::clone(&kept));
        let method = if turn % 5 == 0 { "POST" } else { "GET" };
        let keeps = turn % keeps_every == keeps_every - 1;
        requests.spawn(async move {
            let asked = async {
                // As every client that keeps connections does, it looks whether one was closed meanwhile.
                let idle = || kept.lock().expect("no panic").pop().filter(is_open);
                let idle = if keeps { idle() } else { None };
                let mut stream = match idle {
                    Some(stream) => stream,
                    None => TcpStream::connect(address).await?,
                };
                let (answer, stays) = ask(&mut stream, method, path, keeps).await?;
                if stays {
                    kept.lock().expect("no panic").push(stream);
                }
                io::Result::Ok(answer)
            };
            let answer = timeout(LIMIT, asked).await;
            let mut counts = counts.lock().expect("nothing panics with it");
            match answer {
                Ok(Ok((200, body))) => {
                    counts.served += 1;
                    counts.last.insert(body, Instant::now());
                }
                Ok(Ok((code, body))) => counts.lost.push(format!("{method}: {code} {body}")),
                Ok(Err(error)) => counts.lost.push(format!("{method}: {error}")),
                Err(_) => counts
                    .lost
                    .push(format!("{method}: no answer within {LIMIT:?}")),
            }
        });
        while requests.try_join_next().is_some() {}
    }
}

fn is_open(idle: &TcpStream) -> bool {
    let read = idle.try_read(&mut [0]);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Sends a request: the code and the body of its answer, and whether the connection can be used again.
async fn ask(
    stream: &mut TcpStream,
    method: &str,
    path: &str,
    keeps: bool,
) -> io::Result<((u16, String), bool)> {
    let connection = if keeps { "keep-alive" } else { "close" };
    let body = if method == "POST" { "item=tea" } else { "" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: shop.example\r\nConnection: {connection}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let ended = |answer: &[u8]| {
        let text = String::from_utf8_lossy(answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let head = head.to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))?;
        let length: usize = length.trim().parse().ok()?;
        let code = head.split(' ').nth(1)?.parse().ok()?;
        let stays = keeps && !head.contains("\r\nconnection: close");
        (body.len() >= length).then(|| ((code, body.to_owned()), stays))
    };
    loop {
        if let Some(whole) = ended(&answer) {
            return Ok(whole);
        }
        if stream.read_buf(&mut answer).await? == 0 {
            let said = String::from_utf8_lossy(&answer).into_owned();
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("closed after {said:?}"),
            ));
        }
    }
}
