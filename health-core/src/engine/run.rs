use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use super::caught::caught;
use super::{Clock, Event};
use crate::Outcome;
use crate::judgement::Found;
use crate::verdict::Reason;
use crate::work::OutcomeFuture;

/// A run that was launched.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) abort: Option<AbortHandle>,
    pub(crate) polling: Arc<AtomicBool>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) enum End {
    Said(Outcome),
    Panicked(String),
    /// It was dropped before it ended by itself.
    Cancelled,
}

/// What is to be known of a run that has ended.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) found: Found,
    pub(crate) details: Value,
    pub(crate) error: Option<String>,
}

impl End {
    pub(crate) fn finding(self) -> Finding {
        let failed = |reason, message| Finding {
            found: Found::unhealthy(reason),
            details: Value::Null,
            error: Some(message),
        };
        match self {
            End::Said(outcome) => Finding {
                found: Found::of(outcome.level),
                details: outcome.details,
                error: outcome.message,
            },
            End::Panicked(message) => failed(Reason::Panicked, message),
            // Only a plain function can end like this: an async one's runtime is gone then.
            End::Cancelled => failed(
                Reason::Failed,
                "the system gave no thread to run the check".into(),
            ),
        }
    }
}

impl Run {
    /// Asks an async run to end; a thread cannot be asked.
    pub(crate) fn cancel(&self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }

    /// Whether a poll of this run holds a worker of the application's runtime right now.
    pub(crate) fn is_polling(&self) -> bool {
        self.polling.load(Ordering::Acquire)
    }
}

/// Tells the engine the end of a run exactly once, also when the run is just dropped.
#[derive(Debug)]
pub(crate) struct Report {
    slot: usize,
    clock: Clock,
    events: UnboundedSender<Event>,
    sent: bool,
}

impl Report {
    pub(crate) fn new(slot: usize, clock: Clock, events: UnboundedSender<Event>) -> Report {
        Report {
            slot,
            clock,
            events,
            sent: false,
        }
    }

    pub(crate) fn send(mut self, end: End) {
        self.tell(end);
    }

    fn tell(&mut self, end: End) {
        if !self.sent {
            self.sent = true;
            // An engine that has ended needs no reports.
            let _ = self.events.send(Event::Ended {
                slot: self.slot,
                end,
                at: self.clock.now(),
            });
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.tell(End::Cancelled);
    }
}

/// An async check on the application's runtime; neither its panics nor those of its `Drop` get out.
pub(crate) struct AsyncRun {
    future: Option<OutcomeFuture>,
    polling: Arc<AtomicBool>,
    report: Report,
}

impl AsyncRun {
    pub(crate) fn new(future: OutcomeFuture, polling: Arc<AtomicBool>, report: Report) -> AsyncRun {
        AsyncRun {
            future: Some(future),
            polling,
            report,
        }
    }
}

impl Future for AsyncRun {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let run = &mut *self;
        let Some(mut future) = run.future.take() else {
            return Poll::Ready(());
        };
        run.polling.store(true, Ordering::Release);
        let polled = caught(|| future.as_mut().poll(context));
        let end = match polled {
            Ok(Poll::Pending) => {
                run.polling.store(false, Ordering::Release);
                run.future = Some(future);
                return Poll::Pending;
            }
            Ok(Poll::Ready(outcome)) => End::Said(outcome),
            Err(message) => End::Panicked(message),
        };
        // What the check left in it went with its last poll, so that this drops no code of others.
        drop(future);
        run.polling.store(false, Ordering::Release);
        run.report.tell(end);
        Poll::Ready(())
    }
}

impl Drop for AsyncRun {
    fn drop(&mut self) {
        if let Some(future) = self.future.take() {
            self.polling.store(true, Ordering::Release);
            let _ = caught(|| drop(future));
            self.polling.store(false, Ordering::Release);
        }
    }
}

/// A task that says that the runtime ran it, or that it never will.
pub(crate) struct Ping {
    clock: Clock,
    events: UnboundedSender<Event>,
    ran: bool,
}

impl Ping {
    pub(crate) fn new(clock: Clock, events: UnboundedSender<Event>) -> Ping {
        Ping {
            clock,
            events,
            ran: false,
        }
    }

    pub(crate) fn answer(mut self) {
        self.ran = true;
        let _ = self.events.send(Event::RuntimeRan {
            at: self.clock.now(),
        });
    }
}

impl Drop for Ping {
    fn drop(&mut self) {
        if !self.ran {
            let _ = self.events.send(Event::RuntimeGone);
        }
    }
}
