#[cfg(all(unix, feature = "activation"))]
mod activation;
mod address;
mod connection;
mod connections;
mod error;
mod frames;
mod head;
mod limits;
mod listening;
mod log;
mod progress;
mod protocol;
mod serve;
mod sockets;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::net::{TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixListener;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;

#[cfg(all(unix, feature = "activation"))]
pub use self::activation::PassedSockets;
pub use self::error::ListenError;
pub use self::listening::Listening;

use self::address::{Address, TcpAddress};
use self::limits::Limits;
use crate::endpoints::Endpoints;
use crate::request::Request;

/// Serves [`Endpoints`] on a listener of its own, apart from the application's server.
///
/// It has a thread and a runtime of its own. So it answers while the application's runtime is blocked, and
/// whoever asks it much delays no check.
///
/// ```
/// use health_core::Health;
/// use health_http::{Access, Endpoints, Listener};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let endpoints = Endpoints::all(&health, Access::loopback());
/// # let port = 0;
/// let listening = Listener::new(endpoints).bind(format!("127.0.0.1:{port}")).start()?;
/// println!("health is at {}", listening.addresses()[0]);
///
/// // The application runs, drains and ends; health goes on answering until the last.
/// listening.shutdown();
/// # Ok(())
/// # }
/// ```
///
/// # What it speaks
///
/// HTTP/1.1, HTTP/1.0, and HTTP/2 with prior knowledge, on one port and without TLS. A path that is not one of the
/// endpoints is a 404, always of the same bytes.
///
/// # Limits
///
/// A client has 5 s to send the head of a request, which has at most 16 KiB and, in HTTP/1, 100 headers, and 10 s to
/// take an answer. A connection that is kept alive is closed after 75 s without a request. Bodies of requests are not
/// read.
///
/// A client has one turn after the other, between those of the others. In HTTP/1 nothing more is read from it before
/// it has taken its answer, and the answer to a request with a body, and to the 1,000th, is the last on a connection.
/// In HTTP/2 it has at most 16 requests open, and is closed after 256 frames without taking an answer.
///
/// With [`connections`](Self::connections) open at the same time, 256 unless said otherwise, a new one is still
/// served: of those from the address that has most of them, the one that has waited longest for a request, or for
/// the rest of it, is closed.
///
/// # What it logs
///
/// Connections that the system does not let it accept, and answers whose making panics: through `tracing`, with the
/// target `health_http`, and at most one line of each in ten seconds, which says how many there were.
#[must_use = "nothing listens before `start()`"]
pub struct Listener {
    answers: Answers,
    /// Whether everybody who can ask is shown the private answer.
    open: bool,
    open_to_network: bool,
    addresses: Vec<Address>,
    /// The mode of the files of Unix sockets.
    #[cfg(unix)]
    mode: u32,
    limits: Limits,
}

/// The answer to a request, or `None` when its path is not ours.
type Answers = Arc<dyn Fn(&Request<'_>) -> Option<Response<Bytes>> + Send + Sync>;

impl Listener {
    /// Begins a listener for these endpoints.
    pub fn new(endpoints: Endpoints) -> Listener {
        Listener {
            open: endpoints.is_open(),
            answers: Arc::new(move |request| endpoints.respond_to(request)),
            open_to_network: false,
            addresses: Vec::new(),
            #[cfg(unix)]
            mode: 0o600,
            limits: Limits::default(),
        }
    }

    /// Listens on a TCP address, such as `"127.0.0.1:9090"` or `("127.0.0.1", 9090)`; port 0 takes one that is free.
    ///
    /// A name is looked up here, which can take its time. Of several addresses the first that can be bound is taken.
    /// Can be said several times, for several addresses at once.
    ///
    /// ```compile_fail,E0277
    /// # fn listener() -> health_http::Listener { unimplemented!() }
    /// listener().bind(9090); // on which address?
    /// ```
    pub fn bind(mut self, address: impl ToSocketAddrs + fmt::Debug) -> Listener {
        let address = TcpAddress::new(address);
        self.addresses.push(Address::Tcp(address));
        self
    }

    /// Listens on a Unix socket at this path; can be said several times.
    ///
    /// The socket's file has mode 0600, unless [another](Self::socket_mode) is said: only processes of the same user,
    /// and root, can connect. On Linux it has that from its first moment on; elsewhere put it into a directory of its own. One that a dead process left behind is replaced; one that a
    /// living process listens on is an error, and so is a link, or any other file. The file is removed at the end.
    ///
    /// Of several that start at the same time, one listens and the others are told that it does. For that moment the
    /// directory is locked, so the process must be allowed to read it.
    ///
    /// A peer here has no IP address, so [`Access::loopback`](crate::Access::loopback) refuses it. The socket is
    /// itself private: [`Access::open`](crate::Access::open) is what it is for.
    #[cfg(unix)]
    pub fn bind_unix(mut self, path: impl Into<PathBuf>) -> Listener {
        self.addresses.push(Address::Unix(path.into()));
        self
    }

    /// Sets the mode of the files of Unix sockets, by default 0600.
    ///
    /// For a sidecar that has another user and the same group: `0o660`. On Linux a connection needs the right to
    /// write.
    #[cfg(unix)]
    pub fn socket_mode(mut self, mode: u32) -> Listener {
        self.mode = mode;
        self
    }

    /// Listens on a TCP socket that listens already.
    ///
    /// ```
    /// use health_core::Health;
    /// use health_http::{Access, Endpoints, Listener};
    /// use std::net::TcpListener;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let health = Health::builder().allow_empty().start()?;
    /// let socket = TcpListener::bind(("127.0.0.1", 0))?;
    /// let endpoints = Endpoints::all(&health, Access::loopback());
    /// let listening = Listener::new(endpoints).bound(socket).start()?;
    /// # drop(listening);
    /// # Ok(())
    /// # }
    /// ```
    pub fn bound(mut self, socket: TcpListener) -> Listener {
        self.addresses.push(Address::BoundTcp(socket));
        self
    }

    /// Listens on a Unix socket that listens already; its file stays as it is.
    #[cfg(unix)]
    pub fn bound_unix(mut self, socket: UnixListener) -> Listener {
        self.addresses.push(Address::BoundUnix(socket));
        self
    }

    /// Listens on every socket that systemd has passed to this process; none is an error of `start`.
    #[cfg(all(unix, feature = "activation"))]
    pub fn activated(mut self, sockets: PassedSockets) -> Listener {
        self.addresses.extend(sockets.addresses());
        self
    }

    /// Allows [`Access::open`](crate::Access::open) on a TCP address that other machines can reach.
    ///
    /// Then everybody who can reach it is shown the private answer: error texts, details, versions.
    pub fn open_to_network(mut self) -> Listener {
        self.open_to_network = true;
        self
    }

    /// Sets how many connections there can be at the same time, by default 256. Each takes a file descriptor, and up
    /// to 64 KiB of memory and the answer that it is sent.
    pub fn connections(mut self, most: usize) -> Listener {
        self.limits.connections = most;
        self
    }

    /// Listens, until what this returns is dropped.
    ///
    /// Needs no runtime, and works on one: it waits only for the addresses to be bound.
    ///
    /// # Errors
    ///
    /// Every problem at once: no address, one that is none or that cannot be bound, a path where a living process
    /// listens or that is no socket, a given socket that does not listen, [`Access::open`](crate::Access::open) on an
    /// address that other machines can reach without [`open_to_network`](Self::open_to_network), a mode that is none,
    /// no connection allowed, and a system that gives no thread.
    pub fn start(self) -> Result<Listening, ListenError> {
        listening::start(self)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("addresses", &self.addresses)
            .field("open", &self.open)
            .field("open_to_network", &self.open_to_network)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
