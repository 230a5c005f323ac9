use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::{AbortHandle, Id, JoinSet};
use tokio::time::Instant;

use super::Answers;
use super::connection::connection;
use super::limits::{Http, Limits};
use super::log::Log;
use super::progress::{Origin, Phase, Progress, first_to_go};
use super::sockets::Accepted;

/// The connections that are open; dropping it closes them.
pub(super) struct Connections {
    answers: Answers,
    limits: Limits,
    http: Http,
    log: Log,
    open: HashMap<Id, Open>,
    tasks: JoinSet<()>,
}

struct Open {
    origin: Origin,
    progress: Arc<Progress>,
    /// Tells it to leave once it has answered what was asked.
    leave: Arc<Notify>,
    task: AbortHandle,
}

impl Connections {
    pub(super) fn new(answers: Answers, limits: Limits, log: Log) -> Connections {
        Connections {
            answers,
            limits,
            http: Http::new(),
            log,
            open: HashMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Serves a new one, for which another goes if there are too many.
    pub(super) fn add(&mut self, accepted: Accepted) {
        if self.open.len() >= self.limits.connections {
            self.close_one();
        }
        let origin = Origin::of(accepted.peer);
        let progress = Arc::new(Progress::new());
        let leave = Arc::new(Notify::new());
        let task = self.tasks.spawn(connection(
            accepted,
            Arc::clone(&self.answers),
            self.http.clone(),
            Arc::clone(&progress),
            Arc::clone(&leave),
            self.log.clone(),
        ));
        let open = Open {
            origin,
            progress,
            leave,
            task,
        };
        self.open.insert(open.task.id(), open);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Closes the one that must go first.
    pub(super) fn close_one(&mut self) {
        let standings = self
            .open
            .iter()
            .map(|(id, open)| (*id, open.origin, open.progress.standing()));
        if let Some(open) = first_to_go(standings).and_then(|id| self.open.remove(&id)) {
            open.task.abort();
        }
    }

    pub(super) fn close_overdue(&mut self) {
        let now = Instant::now();
        self.open.retain(|_, open| {
            let standing = open.progress.standing();
            if !standing.is_overdue(now, &self.limits) {
                return true;
            }
            // Who asks nothing is told, so that over HTTP/2 no request is lost on the way.
            if standing.phase == Phase::Idle {
                open.progress.enters(Phase::Leaving);
                open.leave.notify_one();
                return true;
            }
            open.task.abort();
            false
        });
    }

    /// Waits for one to end; `None` when there is none.
    pub(super) async fn ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next_with_id().await?;
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                let id = error.id();
                if error.is_panic() {
                    self.log.panicked();
                    // What it panicked with might panic again when it is dropped.
                    std::mem::forget(error);
                }
                id
            }
        };
        self.open.remove(&id);
        Some(())
    }

    /// Closes those that are idle, and waits for the others to end.
    pub(super) async fn close(&mut self) {
        for open in self.open.values() {
            open.leave.notify_one();
        }
        while self.ended().await.is_some() {}
    }
}
