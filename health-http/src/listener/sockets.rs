use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use tokio::net::TcpListener;

use super::address::Address;
use super::stream::Stream;
#[cfg(unix)]
use super::unix::UnixSocket;

/// Where we listen.
#[derive(Debug)]
pub(super) struct Sockets(Vec<Socket>);

#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

/// A connection that a client made.
pub(super) struct Accepted {
    pub(super) stream: Box<dyn Stream>,
    /// `None` over a Unix socket.
    pub(super) peer: Option<SocketAddr>,
}

impl Sockets {
    /// Listens on all of these, or says what is wrong with each.
    pub(super) async fn bind(addresses: &[Address], private: bool) -> Result<Sockets, Vec<String>> {
        let mut sockets = Vec::new();
        let mut problems = Vec::new();
        for address in addresses {
            match address.bind(private).await {
                Ok(socket) => sockets.push(socket),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(Sockets(sockets))
        } else {
            Err(problems)
        }
    }

    /// The TCP addresses, with the ports that the system chose.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        let address = |socket: &Socket| match socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Socket::Unix(_) => None,
        };
        self.0.iter().filter_map(address).collect()
    }

    /// Waits for the next connection on any of them, each in its turn.
    pub(super) async fn accept(&mut self) -> io::Result<Accepted> {
        if let [_, _, ..] = *self.0 {
            self.0.rotate_left(1);
        }
        poll_fn(|cx| {
            let mut sockets = self.0.iter();
            sockets
                .find_map(|socket| match socket.poll_accept(cx) {
                    Poll::Ready(accepted) => Some(Poll::Ready(accepted)),
                    Poll::Pending => None,
                })
                .unwrap_or(Poll::Pending)
        })
        .await
    }
}

impl Socket {
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        Poll::Ready(match self {
            Socket::Tcp(listener) => ready!(listener.poll_accept(cx)).map(|(stream, peer)| {
                // An answer is one write; where this fails it is only slower.
                let _ = stream.set_nodelay(true);
                Accepted {
                    stream: Box::new(stream),
                    peer: Some(peer),
                }
            }),
            #[cfg(unix)]
            Socket::Unix(socket) => {
                ready!(socket.listener.poll_accept(cx)).map(|(stream, _)| Accepted {
                    stream: Box::new(stream),
                    peer: None,
                })
            }
        })
    }
}
