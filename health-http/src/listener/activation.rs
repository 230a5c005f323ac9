use listenfd::ListenFd;

use super::address::Address;

/// The sockets that systemd has passed to this process (`LISTEN_FDS`), for [`Listener::activated`].
///
/// ```no_run
/// use health_core::Health;
/// use health_http::{Access, Endpoints, Listener, PassedSockets};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let sockets = PassedSockets::take(); // Before there is another thread.
///     let runtime = tokio::runtime::Runtime::new()?;
///     runtime.block_on(async {
///         let health = Health::builder().allow_empty().start()?;
///         let endpoints = Endpoints::all(&health, Access::loopback());
///         let _private = Listener::new(endpoints).activated(sockets).start()?;
///         // ..
///         Ok(())
///     })
/// }
/// ```
///
/// [`Listener::activated`]: crate::Listener::activated
#[derive(Debug)]
#[must_use = "sockets that are dropped are closed"]
pub struct PassedSockets(Vec<Address>);

impl PassedSockets {
    /// Takes the sockets, and removes from the environment what tells of them.
    ///
    /// To change the environment while another thread reads it is a fault, so this belongs into the first line of a
    /// `main` without `#[tokio::main]`, before any other thread is started. An application that is passed sockets of
    /// its own takes all of them itself, such as with `listenfd`, and gives ours to
    /// [`Listener::bound`](crate::Listener::bound).
    pub fn take() -> PassedSockets {
        let mut passed = ListenFd::from_env();
        if passed.len() == 0 {
            let problem =
                "no socket was passed to this process: start it by a systemd `.socket` unit";
            return PassedSockets(vec![Address::None(problem.to_owned())]);
        }
        let sockets = 0..passed.len();
        PassedSockets(sockets.map(|at| address(&mut passed, at)).collect())
    }

    pub(super) fn addresses(self) -> Vec<Address> {
        self.0
    }
}

fn address(passed: &mut ListenFd, at: usize) -> Address {
    if let Ok(Some(socket)) = passed.take_unix_listener(at) {
        return Address::BoundUnix(socket);
    }
    match passed.take_tcp_listener(at) {
        Ok(Some(socket)) => Address::BoundTcp(socket),
        // It was asked for just above.
        Ok(None) => Address::None(format!("the passed socket {at} is taken")),
        Err(error) => Address::None(format!(
            "the passed socket {at} cannot be listened on: {error}"
        )),
    }
}
