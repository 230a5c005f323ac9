use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::PathBuf;

use tokio::net::TcpListener;

use super::sockets::Socket;
#[cfg(unix)]
use super::unix::UnixSocket;

/// Where to listen.
#[derive(Clone, Debug)]
pub(super) enum Address {
    Tcp(String),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Address {
    /// Listens there, unless that is wrong; `private` says that only this machine may be able to ask.
    pub(super) async fn bind(&self, private: bool) -> Result<Socket, String> {
        match self {
            Address::Tcp(address) => tcp(address, private).await.map(Socket::Tcp),
            #[cfg(unix)]
            Address::Unix(path) => {
                let socket = UnixSocket::bind(path).await.map(Socket::Unix);
                socket.map_err(|error| format!("cannot listen on `{}`: {error}", path.display()))
            }
        }
    }
}

async fn tcp(address: &str, private: bool) -> Result<TcpListener, String> {
    let resolved = address.to_socket_addrs().map_err(|error| {
        format!("`{address}` is not an address such as `127.0.0.1:9090`: {error}")
    })?;
    let resolved: Vec<_> = resolved.collect();
    if private && !resolved.iter().all(is_loopback) {
        return Err(format!(
            "`Access::open()` on `{address}` would show the private answer to the network: bind `127.0.0.1`, \
             take a token, or say `.open_to_network()`"
        ));
    }
    let bound = TcpListener::bind(&*resolved).await;
    bound.map_err(|error| format!("cannot listen on `{address}`: {error}"))
}

fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
