use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use super::caught::caught;
use super::{Clock, Event};
use crate::Outcome;
use crate::declare::work::OutcomeFuture;
use crate::judgement::Found;
use crate::verdict::Reason;

/// A run that was launched.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) abort: Option<AbortHandle>,
    pub(crate) turn: Arc<Turn>,
}

/// What a run does on the application's runtime, as the monitor sees it.
#[derive(Debug)]
pub(crate) struct Turn {
    /// A poll of it holds a worker.
    polling: AtomicBool,
    /// It could go on, and waits for a worker.
    due: AtomicBool,
}

impl Turn {
    pub(crate) fn new() -> Turn {
        Turn {
            polling: AtomicBool::new(false),
            due: AtomicBool::new(true),
        }
    }

    fn begin(&self) {
        self.due.store(false, Ordering::Release);
        self.polling.store(true, Ordering::Release);
    }

    fn end(&self) {
        self.polling.store(false, Ordering::Release);
    }
}

/// Passes a wake-up on, and notes that the run is due.
struct Waking {
    turn: Arc<Turn>,
    waker: Waker,
}

impl Wake for Waking {
    fn wake(self: Arc<Waking>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Waking>) {
        self.turn.due.store(true, Ordering::Release);
        self.waker.wake_by_ref();
    }
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
        self.turn.polling.load(Ordering::Acquire)
    }

    /// Whether it could go on and gets no worker: what it is late for then is not its own doing.
    pub(crate) fn is_starved(&self) -> bool {
        self.abort.is_some() && !self.is_polling() && self.turn.due.load(Ordering::Acquire)
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
    turn: Arc<Turn>,
    report: Report,
}

impl AsyncRun {
    pub(crate) fn new(future: OutcomeFuture, turn: Arc<Turn>, report: Report) -> AsyncRun {
        AsyncRun {
            future: Some(future),
            turn,
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
        let waking = Waking {
            turn: Arc::clone(&run.turn),
            waker: context.waker().clone(),
        };
        let waker = Waker::from(Arc::new(waking));
        run.turn.begin();
        let polled = caught(|| future.as_mut().poll(&mut Context::from_waker(&waker)));
        let end = match polled {
            Ok(Poll::Pending) => {
                run.turn.end();
                run.future = Some(future);
                return Poll::Pending;
            }
            Ok(Poll::Ready(outcome)) => End::Said(outcome),
            Err(message) => End::Panicked(message),
        };
        // What the check left in it went with its last poll, so that this drops no code of others.
        drop(future);
        run.turn.end();
        run.report.tell(end);
        Poll::Ready(())
    }
}

impl Drop for AsyncRun {
    fn drop(&mut self) {
        if let Some(future) = self.future.take() {
            self.turn.begin();
            let _ = caught(|| drop(future));
            self.turn.end();
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
