use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::health::Health;
use crate::published::Published;

impl Health {
    /// Drains when `signal` comes, keeps the listener open for `delay`, then resolves.
    ///
    /// For a server's graceful shutdown: load balancers see readiness fail, and for `delay` their
    /// last requests are still accepted. A second signal does not start the delay anew. The delay must be
    /// longer than the slowest prober takes to notice: its interval times its threshold, and its timeout.
    ///
    /// Dropped before it has resolved, it hears no signal any more, and its delay holds nobody up. What has
    /// begun to drain goes on.
    ///
    /// # Panics
    ///
    /// When it is polled on a Tokio runtime without timers (`enable_time`).
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
        let delay = Delay::new(&self.shared.published, delay);
        async move {
            // The whole of it, which is then as long there as this future.
            let delay = delay;
            let mut draining = health.shared.published.drained_from.subscribe();
            tokio::select! {
                () = signal => health.drain(),
                _ = began(&mut draining) => {}
            }
            let began = began(&mut draining).await;
            reached(began.checked_add(delay.length)).await;
        }
    }

    /// Waits until draining is over: it has begun, and the longest delay has passed among those that were
    /// given to [`drain_on`](Self::drain_on), of the futures that are still there, polled or not. Until then
    /// checks go on, as for any handle.
    ///
    /// # Panics
    ///
    /// When it is polled on a Tokio runtime without timers (`enable_time`).
    pub fn drained(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let health = self.clone();
        async move {
            let published = &health.shared.published;
            let began = began(&mut published.drained_from.subscribe()).await;
            let mut delays = published.drain_delays.subscribe();
            loop {
                let longest = delays.borrow_and_update().iter().max().copied();
                tokio::select! {
                    biased;
                    () = reached(began.checked_add(longest.unwrap_or_default())) => return,
                    _ = delays.changed() => {}
                }
            }
        }
    }

    /// Runs `server` to its end, but once draining is over no longer than `limit`.
    ///
    /// Draining is over when the delay of [`drain_on`](Self::drain_on) has passed. A server's own
    /// graceful end may wait for ever, for a client that never sends the rest of its request.
    /// `None` says that the server did not end by itself.
    ///
    /// # Panics
    ///
    /// When it is polled on a Tokio runtime without timers (`enable_time`).
    pub async fn until_drained<S: IntoFuture>(
        &self,
        server: S,
        limit: Duration,
    ) -> Option<S::Output> {
        let over = async {
            self.drained().await;
            let now = self.shared.published.now();
            reached(now.checked_add(limit)).await;
        };
        let output = tokio::select! {
            biased;
            output = pin!(server.into_future()) => Some(output),
            () = over => {
                tracing::warn!(target: "health_core", limit_ms = limit.as_millis(), "the server did not end in time after draining");
                None
            }
        };
        self.warn_of_those_that_hold_the_runtime();
        output
    }

    fn warn_of_those_that_hold_the_runtime(&self) {
        let published = &self.shared.published;
        let snapshot = published.snapshot();
        for (index, check) in snapshot.facts.checks.list.iter().enumerate() {
            if check.is_async && published.record(index).overdue_since.is_some() {
                let check = &*check.name;
                tracing::warn!(target: "health_core", check, "this async check has not ended, and holds the runtime until it does");
            }
        }
    }
}

/// Waits for the process to be asked to end: by SIGTERM, or by Ctrl-C.
///
/// Listens from this call on, not only from the first poll: call it in the first line of `main`, since a
/// process that is PID 1, as in a container, loses a signal for which nobody listens yet. Where the
/// system refuses to tell, it says so in the log and never resolves.
///
/// # Panics
///
/// When it is called outside of a Tokio runtime, or on one without I/O (`enable_io`).
///
/// ```no_run
/// # async fn connect() {}
/// # async fn doc(health: health_core::Health) {
/// let stop = health_core::shutdown_signal();
/// connect().await;
/// health.drain_on(stop, std::time::Duration::from_secs(5)).await;
/// # }
/// ```
#[must_use = "it resolves when the process is asked to end"]
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let signals = signals();
    async move {
        let Some(signals) = signals else {
            return std::future::pending().await;
        };
        signals.await;
    }
}

#[cfg(unix)]
fn signals() -> Option<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| refused(&error)).ok();
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Some(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "on Unix listening can fail")]
fn signals() -> Option<impl Future<Output = ()> + Send + 'static> {
    // Listens from the first poll on: here nobody is PID 1.
    Some(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            refused(&error);
            std::future::pending::<()>().await;
        }
    })
}

fn refused(error: &std::io::Error) {
    tracing::error!(target: "health_core", %error, "cannot wait for the signal to shut down");
}

/// The delay of one future of [`Health::drain_on`], which counts as long as that is there.
struct Delay {
    published: Arc<Published>,
    length: Duration,
}

impl Delay {
    fn new(published: &Arc<Published>, length: Duration) -> Delay {
        let add = |delays: &mut Vec<Duration>| delays.push(length);
        published.drain_delays.send_modify(add);
        Delay {
            published: Arc::clone(published),
            length,
        }
    }
}

impl Drop for Delay {
    fn drop(&mut self) {
        self.published.drain_delays.send_modify(|delays| {
            let place = delays.iter().position(|delay| *delay == self.length);
            delays.swap_remove(place.expect("it was put there"));
        });
    }
}

async fn began(draining: &mut watch::Receiver<Option<Instant>>) -> Instant {
    loop {
        let began = *draining.borrow_and_update();
        match began {
            Some(began) => return began,
            // What was published lives as long as the handle that waits.
            None => draining.changed().await.expect("it outlives its receivers"),
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
