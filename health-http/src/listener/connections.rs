use std::collections::HashMap;
use std::sync::Arc;

use hyper::server::conn::http1;
use tokio::sync::watch;
use tokio::task::{AbortHandle, Id, JoinSet};
use tokio::time::Instant;

use super::Answers;
use super::connection::connection;
use super::limits::{Limits, http};
use super::progress::{Progress, oldest};
use super::sockets::Accepted;

/// The connections that are open; dropping it closes them.
pub(super) struct Connections {
    answers: Answers,
    limits: Limits,
    http: http1::Builder,
    open: HashMap<Id, Open>,
    tasks: JoinSet<()>,
    closing: watch::Sender<()>,
}

struct Open {
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Connections {
    pub(super) fn new(answers: Answers, limits: Limits) -> Connections {
        Connections {
            answers,
            limits,
            http: http(),
            open: HashMap::new(),
            tasks: JoinSet::new(),
            closing: watch::Sender::new(()),
        }
    }

    /// Serves a new one, for which another goes if there are too many.
    pub(super) fn add(&mut self, accepted: Accepted) {
        if self.open.len() >= self.limits.connections {
            self.close_oldest();
        }
        let progress = Arc::new(Progress::new());
        let task = self.tasks.spawn(connection(
            accepted,
            Arc::clone(&self.answers),
            self.http.clone(),
            Arc::clone(&progress),
            self.closing.subscribe(),
        ));
        self.open.insert(task.id(), Open { progress, task });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn close_oldest(&mut self) {
        let standings = self
            .open
            .iter()
            .map(|(id, open)| (*id, open.progress.standing()));
        if let Some(open) = oldest(standings).and_then(|id| self.open.remove(&id)) {
            open.task.abort();
        }
    }

    pub(super) fn close_overdue(&mut self) {
        let now = Instant::now();
        self.open.retain(|_, open| {
            let overdue = open.progress.standing().is_overdue(now, &self.limits);
            if overdue {
                open.task.abort();
            }
            !overdue
        });
    }

    /// Waits for one to end; `None` when there is none.
    pub(super) async fn ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next_with_id().await?;
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
        Some(())
    }

    /// Closes those that are idle, and waits for the others to end.
    pub(super) async fn close(&mut self) {
        self.closing.send_replace(());
        while self.ended().await.is_some() {}
    }
}
