use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixListener;
#[cfg(unix)]
use std::path::PathBuf;

/// Where to listen.
#[derive(Debug)]
pub(super) enum Address {
    Tcp(TcpAddress),
    #[cfg(unix)]
    Unix(PathBuf),
    BoundTcp(TcpListener),
    #[cfg(unix)]
    BoundUnix(UnixListener),
    /// One that cannot be had, and why.
    #[cfg(all(unix, feature = "activation"))]
    None(String),
}

/// A TCP address as it was written, and what it means.
#[derive(Debug)]
pub(super) struct TcpAddress {
    written: String,
    resolved: io::Result<Vec<SocketAddr>>,
}

impl TcpAddress {
    pub(super) fn new(address: impl ToSocketAddrs + fmt::Debug) -> TcpAddress {
        TcpAddress {
            // A text is shown without the quotes that `Debug` puts around it.
            written: format!("{address:?}").trim_matches('"').to_owned(),
            resolved: address.to_socket_addrs().map(Iterator::collect),
        }
    }

    /// Returns what can be bound, unless it is nothing.
    pub(super) fn resolved(&self) -> Result<&[SocketAddr], String> {
        match &self.resolved {
            Ok(resolved) => Ok(resolved),
            Err(error) => Err(format!(
                "`{self}` is not an address such as `127.0.0.1:9090`: {error}"
            )),
        }
    }
}

impl fmt::Display for TcpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
