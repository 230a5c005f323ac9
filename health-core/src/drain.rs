use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::engine::Event;
use crate::health::Health;

impl Health {
    /// Begins to drain: readiness fails from now on, and nothing undoes it.
    pub fn drain(&self) {
        self.shared.board.drain();
        self.shared.tell(Event::Look);
    }

    /// Drains when `signal` comes, keeps the listener open for `delay`, then resolves.
    ///
    /// For a server's graceful shutdown: load balancers see readiness fail, and for `delay` their
    /// last requests are still accepted. A second signal does not start the delay anew.
    ///
    /// ```no_run
    /// # async fn doc(health: health_core::Health) {
    /// use health_core::shutdown_signal;
    /// use std::time::Duration;
    ///
    /// let close = health.drain_on(shutdown_signal(), Duration::from_secs(5));
    /// # close.await;
    /// # }
    /// ```
    pub fn drain_on<F>(
        &self,
        signal: F,
        delay: Duration,
    ) -> impl Future<Output = ()> + Send + 'static + use<F>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let health = self.clone();
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.shared
            .board
            .drain_delay
            .fetch_max(millis, Ordering::Relaxed);
        async move {
            let mut draining = health.shared.board.drained_from.subscribe();
            tokio::select! {
                () = signal => health.drain(),
                _ = began(&mut draining) => {}
            }
            let began = began(&mut draining).await;
            reached(began.checked_add(delay)).await;
        }
    }

    /// Runs `server` to its end, but once draining is over no longer than `limit`.
    ///
    /// Draining is over when the delay of [`drain_on`](Self::drain_on) has passed. A server's own
    /// graceful end may wait for ever, for a client that never sends the rest of its request.
    /// `None` says that the server did not end by itself.
    pub async fn until_drained<S: Future>(&self, server: S, limit: Duration) -> Option<S::Output> {
        let board = &self.shared.board;
        let mut draining = board.drained_from.subscribe();
        let over = async {
            let began = began(&mut draining).await;
            let delay = Duration::from_millis(board.drain_delay.load(Ordering::Relaxed));
            let end = began
                .checked_add(delay)
                .and_then(|closed| closed.checked_add(limit));
            reached(end).await;
        };
        let output = tokio::select! {
            biased;
            output = pin!(server) => Some(output),
            () = over => {
                tracing::warn!(target: "health_core", limit_ms = limit.as_millis(), "the server did not end in time after draining");
                None
            }
        };
        for view in &board.snapshot().private.checks {
            if view.registered.check.work.is_async() && view.record.overdue_since.is_some() {
                let check = &*view.registered.name;
                tracing::warn!(target: "health_core", check, "this async check has not ended, and holds the runtime until it does");
            }
        }
        output
    }
}

/// Resolves when the process is asked to end: by SIGTERM, or by Ctrl-C.
///
/// Where the system refuses to tell, it says so in the log and never resolves.
pub async fn shutdown_signal() {
    let interrupt = async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => {}
            Err(error) => never(&error).await,
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => never(&error).await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

async fn began(draining: &mut watch::Receiver<Option<Instant>>) -> Instant {
    loop {
        let began = *draining.borrow_and_update();
        match began {
            Some(began) => return began,
            // The board lives as long as the handle that waits.
            None => draining
                .changed()
                .await
                .expect("the board outlives its receivers"),
        }
    }
}

/// Resolves at this instant; never, where it is too far away to be one.
async fn reached(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}

async fn never(error: &std::io::Error) {
    tracing::error!(target: "health_core", %error, "cannot wait for the signal to shut down");
    std::future::pending::<()>().await;
}
