use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::unix::net::UnixListener as StdUnixListener;
use std::task::{Context, Poll, ready};

use tokio::net::{TcpListener, TcpSocket};

use super::address::{Address, TcpAddress};
use super::limits::BACKLOG;
use super::stream::Stream;
#[cfg(unix)]
use super::unix::UnixSocket;

/// Where we listen.
#[derive(Debug)]
pub(super) struct Sockets(Vec<Socket>);

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

/// How sockets are to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Whether only this machine may be able to ask.
    pub(super) private: bool,
    /// The mode of the files of Unix sockets.
    #[cfg(unix)]
    pub(super) mode: u32,
}

/// A connection that a client made.
pub(super) struct Accepted {
    pub(super) stream: Box<dyn Stream>,
    /// `None` over a Unix socket.
    pub(super) peer: Option<SocketAddr>,
}

impl Sockets {
    /// Listens on all of these, or says what is wrong with each.
    pub(super) async fn bind(
        addresses: Vec<Address>,
        manner: Manner,
    ) -> Result<Sockets, Vec<String>> {
        let mut sockets = Vec::new();
        let mut problems = Vec::new();
        for address in addresses {
            match Socket::bind(address, manner).await {
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
    async fn bind(address: Address, manner: Manner) -> Result<Socket, String> {
        match address {
            Address::Tcp(address) => tcp(&address, manner).map(Socket::Tcp),
            Address::BoundTcp(listener) => bound_tcp(listener, manner).map(Socket::Tcp),
            #[cfg(unix)]
            Address::Unix(path) => {
                let socket = UnixSocket::bind(&path, manner.mode).await;
                socket
                    .map(Socket::Unix)
                    .map_err(|error| format!("cannot listen on `{}`: {error}", path.display()))
            }
            #[cfg(unix)]
            Address::BoundUnix(listener) => bound_unix(listener).map(Socket::Unix),
            #[cfg(all(unix, feature = "activation"))]
            Address::None(problem) => Err(problem),
        }
    }

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

fn tcp(address: &TcpAddress, manner: Manner) -> Result<TcpListener, String> {
    let resolved = address.resolved()?;
    if manner.private && !resolved.iter().all(is_loopback) {
        return Err(format!(
            "{}: bind `127.0.0.1`, take a token, or say `.open_to_network()`",
            is_open(address)
        ));
    }
    listen_on_first(resolved).map_err(|error| format!("cannot listen on `{address}`: {error}"))
}

/// Listens on the first of these that can be bound.
fn listen_on_first(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut last = io::Error::new(ErrorKind::InvalidInput, "there is no address");
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// As tokio does, but with a longer queue.
fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A service that starts again can listen at once; on Windows it would mean that others can listen there too.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn bound_tcp(listener: std::net::TcpListener, manner: Manner) -> Result<TcpListener, String> {
    let address = listener
        .local_addr()
        .map_err(|error| format!("cannot listen on the given TCP socket: {error}"))?;
    if manner.private && !is_loopback(&address) {
        return Err(format!(
            "{}: take a socket of `127.0.0.1`, a token, or say `.open_to_network()`",
            is_open(address)
        ));
    }
    let listens = listens(&listener)
        .and_then(|()| listener.set_nonblocking(true))
        .and_then(|()| TcpListener::from_std(listener));
    listens.map_err(|error| format!("cannot listen on the given socket of `{address}`: {error}"))
}

#[cfg(unix)]
fn bound_unix(listener: StdUnixListener) -> Result<UnixSocket, String> {
    listens(&listener)
        .and_then(|()| UnixSocket::bound(listener))
        .map_err(|error| format!("cannot listen on the given Unix socket: {error}"))
}

/// Refuses a socket that is a connection, such as those that systemd passes with `Accept=yes`.
#[cfg(target_os = "linux")]
fn listens(socket: &impl std::os::fd::AsFd) -> io::Result<()> {
    if socket2::SockRef::from(socket).is_listener()? {
        Ok(())
    } else {
        Err(io::Error::other("it does not listen"))
    }
}

/// Other systems tell when a connection is to be accepted.
#[cfg(not(target_os = "linux"))]
fn listens<S>(_: &S) -> io::Result<()> {
    Ok(())
}

fn is_open(address: impl std::fmt::Display) -> String {
    format!("`Access::open()` on `{address}` would show the private answer to the network")
}

fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
