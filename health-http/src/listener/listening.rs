use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::log::{Log, LogEnd};
use super::serve::{GRACE, serve};
use super::sockets::{Manner, Sockets};
#[cfg(unix)]
use super::unix::ANY;
use super::{ListenError, Listener};

/// A [`Listener`] that listens; dropping it closes it.
///
/// Keep it until the very end: it goes on answering while the application drains and after its server has
/// stopped, so that whoever asks sees `draining` and not a refused connection.
#[derive(Debug)]
#[must_use = "the listener closes when this is dropped"]
pub struct Listening {
    addresses: Vec<SocketAddr>,
    closing: Option<oneshot::Sender<Ended>>,
    thread: Option<JoinHandle<()>>,
}

/// Held by the listener's thread until it ends.
type Ended = mpsc::Sender<()>;

/// How long binding may take; the directory of a Unix socket can be locked for a moment.
const BIND: Duration = Duration::from_secs(30);

impl Listening {
    /// Returns the TCP addresses that are listened on, with their real ports, in the order in which they were given.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Closes the listener: takes no more connections, and gives those who are being answered half a second.
    ///
    /// Blocks for a second at most, as dropping it does. Unless its thread is held up, once it returns the addresses are free and the files
    /// of Unix sockets are gone.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // A thread that is held up, such as by a slow panic hook, ends later and by itself.
        const LATEST: Duration = GRACE.saturating_add(Duration::from_millis(500));
        let (ended, all_ended) = mpsc::channel();
        let told = self.closing.take().map(|closing| closing.send(ended));
        drop(told);
        let in_time = all_ended.recv_timeout(LATEST) == Err(mpsc::RecvTimeoutError::Disconnected);
        if let Some(thread) = self.thread.take().filter(|_| in_time) {
            // Whatever it panicked with is dropped by nobody.
            if let Err(payload) = thread.join() {
                std::mem::forget(payload);
            }
        }
    }
}

/// Starts the listener's thread, which binds the addresses.
pub(super) fn start(listener: Listener) -> Result<Listening, ListenError> {
    let (report, bound) = mpsc::channel();
    let (closing, close) = oneshot::channel();
    let no_thread = |error| problem(format!("the system gives it no thread: {error}"));
    let (log, log_end) = Log::start().map_err(no_thread)?;
    let thread = thread::Builder::new()
        .name("health-listener".into())
        .spawn(move || run(listener, log, log_end, &report, close))
        .map_err(no_thread)?;
    let addresses = bound
        .recv_timeout(BIND)
        .map_err(|_| problem(format!("it did not come up within {} s", BIND.as_secs())))?
        .map_err(ListenError::new)?;
    Ok(Listening {
        addresses,
        closing: Some(closing),
        thread: Some(thread),
    })
}

/// The listener's thread: says what it bound, or what is wrong, and serves.
fn run(
    listener: Listener,
    log: Log,
    log_end: LogEnd,
    report: &mpsc::Sender<Result<Vec<SocketAddr>, Vec<String>>>,
    close: oneshot::Receiver<Ended>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    // Whoever waited for a report that cannot be sent is gone.
    let told = |told| drop(report.send(told));
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            return told(Err(vec![format!(
                "the system gives it no runtime: {error}"
            )]));
        }
    };
    let (answers, limits) = (Arc::clone(&listener.answers), listener.limits);
    let ended = runtime.block_on(async {
        match bind(listener).await {
            Ok(sockets) => {
                told(Ok(sockets.addresses()));
                serve(sockets, answers, limits, log, close).await
            }
            Err(problems) => {
                told(Err(problems));
                None
            }
        }
    });
    // Now the last connections are closed.
    drop(runtime);
    drop(log_end);
    drop(ended);
}

async fn bind(listener: Listener) -> Result<Sockets, Vec<String>> {
    let mut problems = Vec::new();
    if listener.addresses.is_empty() {
        problems.push("it has no address: say `.bind(\"127.0.0.1:9090\")`".to_owned());
    }
    if listener.limits.connections == 0 {
        problems.push("`connections(0)` allows no connection: say at least 1".to_owned());
    }
    #[cfg(unix)]
    if listener.mode > ANY {
        problems.push(format!(
            "`socket_mode(0o{:o})` is no mode: say one such as `0o660`",
            listener.mode
        ));
    }
    let manner = Manner {
        private: listener.open && !listener.open_to_network,
        #[cfg(unix)]
        mode: listener.mode & ANY,
    };
    match Sockets::bind(listener.addresses, manner).await {
        Ok(sockets) if problems.is_empty() => Ok(sockets),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

fn problem(what: String) -> ListenError {
    ListenError::new(vec![what])
}
