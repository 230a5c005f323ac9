use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Answers;
use super::connections::Connections;
use super::limits::Limits;
use super::log::Log;
use super::sockets::Sockets;

/// How long those that are being answered have at the end.
pub(super) const GRACE: Duration = Duration::from_millis(500);

/// How exactly limits of time are kept.
const SWEEP: Duration = Duration::from_millis(250);

/// For how long nothing is accepted when the system has nothing to accept it with.
const PAUSE: Duration = Duration::from_millis(50);

/// The most connections that are accepted before those that are there have their turn.
///
/// Were it one, whoever comes would wait for a turn of all others for each of a crowd that comes before.
const TOGETHER: usize = 32;

/// Serves until `closing` resolves, and returns what that said.
pub(super) async fn serve<T>(
    mut sockets: Sockets,
    answers: Answers,
    limits: Limits,
    log: Log,
    mut closing: oneshot::Receiver<T>,
) -> Option<T> {
    let mut connections = Connections::new(answers, limits, log.clone());
    let mut sweep = interval(SWEEP.min(limits.leaving));
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // They read what they brought before others can push them out.
    let together = (limits.connections / 8).clamp(1, TOGETHER);
    let mut turn = 0;
    let said = loop {
        tokio::select! {
            biased;
            said = &mut closing => break said.ok(),
            Some(()) = connections.ended() => {}
            _ = sweep.tick(), if !connections.is_empty() => connections.close_overdue(),
            accepted = sockets.accept() => match accepted {
                Ok(accepted) => {
                    connections.add(accepted);
                    turn += 1;
                    if turn >= together {
                        turn = 0;
                        yield_now().await;
                    }
                }
                Err(error) if is_the_clients(&error) => {}
                Err(error) => {
                    log.not_accepted(&error);
                    // The one thing that we can give back.
                    connections.close_one();
                    sleep(PAUSE).await;
                }
            },
        }
    };
    // Nobody finds us any more; those who did get their answer.
    drop(sockets);
    let _ = timeout(GRACE, connections.close()).await;
    said
}

/// Whether only this one client is gone.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::Interrupted
            // What happened to a connection before it was accepted, or was done to it by a firewall.
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::TimedOut
            | ErrorKind::PermissionDenied
    )
}
