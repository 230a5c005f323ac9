use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tracing::{Dispatch, Span};

use super::event::{End, Event};
use super::relay::{RunWaker, Waiting};
use super::workers::Polls;
use crate::clock::Clock;
use crate::declare::outcome::Outcome;
use crate::declare::status::{Reason, Status};
use crate::declare::work::{AsyncFunction, BlockingFunction, OutcomeFuture};
use crate::judge::verdict::Verdict;
use crate::published::record::RunResult;
use crate::redact::redacted;

/// A run that was launched, as the monitor knows it.
#[derive(Debug)]
pub(crate) struct Run {
    /// What a run on the application's runtime does there.
    pub(crate) polls: Option<Arc<Polls>>,
    pub(crate) cancel: Cancel,
}

/// How a run is asked to end.
#[derive(Debug)]
pub(crate) enum Cancel {
    Task(AbortHandle),
    /// A thread cannot be asked.
    Thread,
    #[cfg(feature = "__simulation")]
    Simulated(Arc<std::sync::atomic::AtomicBool>),
}

impl Run {
    pub(crate) fn cancel(&self) {
        match &self.cancel {
            Cancel::Task(task) => task.abort(),
            Cancel::Thread => {}
            #[cfg(feature = "__simulation")]
            Cancel::Simulated(cancelled) => {
                cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }
}

impl RunResult {
    /// Makes what a check said small and fit to be shown; this is where the check ran, since it may take a while.
    pub(crate) fn new(outcome: Outcome) -> RunResult {
        let verdict = match outcome.status() {
            Status::Healthy => Verdict::HEALTHY,
            Status::Degraded => Verdict::REPORTED,
            Status::Unhealthy | Status::Unknown => Verdict::unhealthy(Reason::Failed),
        };
        let error = outcome.message().map(redacted);
        let details = Some(outcome.into_details()).filter(|details| *details != Value::Null);
        RunResult {
            verdict,
            error,
            details: details.map(Arc::new),
        }
    }

    pub(crate) fn panicked(message: &str) -> RunResult {
        RunResult::failed(Reason::Panicked, redacted(message))
    }
}

/// Tells the monitor the end of a run exactly once, also when the run is just dropped.
#[derive(Debug)]
pub(crate) struct EndGuard {
    slot: usize,
    clock: Clock,
    events: UnboundedSender<Event>,
    is_told: bool,
}

impl EndGuard {
    pub(crate) fn new(slot: usize, clock: Clock, events: UnboundedSender<Event>) -> EndGuard {
        EndGuard {
            slot,
            clock,
            events,
            is_told: false,
        }
    }

    pub(crate) fn tell(&mut self, end: End) {
        if !self.is_told {
            self.is_told = true;
            // A monitor that has ended needs no news.
            let _ = self.events.send(Event::Ended {
                slot: self.slot,
                end,
                at: self.clock.now(),
            });
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Tells that a worker of the application's runtime is free.
    pub(crate) fn free_worker(&self) {
        let _ = self.events.send(Event::WorkerFree);
    }
}

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.tell(End::Dropped);
    }
}

/// What a run logs goes where the service's own events go, in a span of its check's name.
#[derive(Debug)]
pub(crate) struct Scope {
    check: Arc<str>,
    /// The dispatcher of the service's start; `None` for the one that is current where the run is.
    dispatch: Option<Dispatch>,
    span: Option<Span>,
}

impl Scope {
    pub(crate) fn new(check: Arc<str>, dispatch: Option<Dispatch>) -> Scope {
        Scope {
            check,
            dispatch,
            span: None,
        }
    }

    fn enter<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let (check, span) = (&self.check, &mut self.span);
        let in_span = || {
            let new =
                || tracing::info_span!(target: "health_core", "health_check", check = &**check);
            // A subscriber that panics fails no check.
            let span =
                span.get_or_insert_with(|| catch_panic(new).unwrap_or_else(|_| Span::none()));
            span.in_scope(run)
        };
        match &self.dispatch {
            Some(dispatch) => tracing::dispatcher::with_default(dispatch, in_span),
            None => in_span(),
        }
    }
}

/// A run of a plain function, on this thread.
pub(crate) fn run_here(function: BlockingFunction, mut scope: Scope, mut guard: EndGuard) {
    let result = catch_panic(|| scope.enter(|| RunResult::new(function())));
    let result = result.unwrap_or_else(|message| RunResult::panicked(&message));
    // What it leaves behind goes before its end is told, and its panics go nowhere.
    let _ = catch_panic(|| drop((function, scope)));
    guard.tell(End::ByItself(result));
}

/// A run of an async check, on the application's runtime; neither its panics nor those of its `Drop` get out.
pub(crate) struct AsyncRun {
    check: Check,
    scope: Scope,
    polls: Arc<Polls>,
    waiting: Arc<Waiting>,
    /// What wakes it, as the check's code knows it; from the first poll on.
    waker: Option<Arc<RunWaker>>,
    guard: EndGuard,
}

/// The check's own code, which runs in polls alone: also the call that makes the future.
enum Check {
    Function(AsyncFunction),
    Future(OutcomeFuture),
    Gone,
}

impl AsyncRun {
    pub(crate) fn new(
        function: AsyncFunction,
        scope: Scope,
        polls: Arc<Polls>,
        waiting: Arc<Waiting>,
        guard: EndGuard,
    ) -> AsyncRun {
        AsyncRun {
            check: Check::Function(function),
            scope,
            polls,
            waiting,
            waker: None,
            guard,
        }
    }

    /// What the check's code is to wake for the task of this waker, which is the same in every poll.
    fn waker(&mut self, task: &Waker) -> Waker {
        let waker = match &self.waker {
            Some(waker) if waker.is_for(task) => waker,
            _ => {
                let new = RunWaker::new(task.clone(), Arc::clone(&self.waiting));
                self.waker.insert(Arc::new(new))
            }
        };
        Arc::clone(waker).into()
    }

    /// Runs code of the check, marked as a poll and safe from its panics.
    fn poll_with<T>(&mut self, run: impl FnOnce(&mut Check) -> T) -> Result<T, String> {
        self.polls.begin(self.guard.now());
        let (check, scope) = (&mut self.check, &mut self.scope);
        let code = || catch_panic(|| scope.enter(|| run(check)));
        let ran = RunWaker::poll(self.waker.as_ref(), code);
        if self.polls.end(self.guard.now()) {
            self.guard.free_worker();
        }
        ran
    }
}

impl Future for AsyncRun {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let run = &mut *self;
        let waker = run.waker(context.waker());
        let polled = run.poll_with(|check| {
            if let Check::Function(function) = check {
                *check = Check::Future(function());
            }
            let Check::Future(future) = check else {
                return Poll::Ready(None);
            };
            let outcome = std::task::ready!(future.as_mut().poll(&mut Context::from_waker(&waker)));
            // What the check left behind goes as part of its run.
            *check = Check::Gone;
            Poll::Ready(Some(RunResult::new(outcome)))
        });
        let result = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Some(result))) => result,
            Ok(Poll::Ready(None)) => return Poll::Ready(()),
            Err(message) => RunResult::panicked(&message),
        };
        run.drop_check();
        run.guard.tell(End::ByItself(result));
        Poll::Ready(())
    }
}

impl AsyncRun {
    fn drop_check(&mut self) {
        if !matches!(self.check, Check::Gone) {
            let _ = self.poll_with(|check| drop(std::mem::replace(check, Check::Gone)));
        }
    }
}

impl Drop for AsyncRun {
    fn drop(&mut self) {
        match self.check {
            // Never polled, so nothing of the check is there to be dropped with care.
            Check::Function(_) | Check::Gone => {}
            Check::Future(_) => self.drop_check(),
        }
    }
}

/// A task that says that the runtime ran it, or that it never will.
#[derive(Debug)]
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
        let at = self.clock.now();
        let _ = self.events.send(Event::RuntimeRan { at });
    }
}

impl Drop for Ping {
    fn drop(&mut self) {
        if !self.ran {
            let _ = self.events.send(Event::RuntimeGone);
        }
    }
}

/// Runs code that may panic; returns what it panicked with, in words.
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let message = panic_message(&*payload);
        // The payload's own `Drop` may panic; what that panics with is given up.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(payload);
        }
        message
    })
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => format!("panicked: {text}"),
        None => "panicked".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use tokio::sync::mpsc::{self, UnboundedReceiver};

    use super::*;
    use crate::monitor::relay::Relay;
    use crate::monitor::workers::Workers;

    #[derive(Default)]
    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Task>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A run of a function on a worker of its own, and what the monitor hears of it.
    fn run(
        function: impl Fn() -> OutcomeFuture + Send + Sync + 'static,
    ) -> (AsyncRun, Relay, UnboundedReceiver<Event>) {
        let (events, news) = mpsc::unbounded_channel();
        let relay = Relay::new(events.clone());
        let run = AsyncRun::new(
            Arc::new(function),
            Scope::new("database".into(), None),
            Arc::new(Polls::new(Arc::new(Workers::new(1)))),
            Arc::clone(relay.waiting()),
            EndGuard::new(0, Clock::System, events),
        );
        (run, relay, news)
    }

    fn poll(run: &mut AsyncRun) -> Poll<()> {
        Pin::new(run).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_run_has_one_waker_for_one_task_and_another_for_another() {
        let (mut run, _relay, _news) = run(|| Box::pin(std::future::pending()));
        let (task, other) = (Arc::new(Task::default()), Arc::new(Task::default()));
        let (task_waker, other_waker) = (Arc::clone(&task).into(), Arc::clone(&other).into());
        let waker = run.waker(&task_waker);
        assert!(run.waker(&task_waker).will_wake(&waker));
        let moved = run.waker(&other_waker);
        assert!(!moved.will_wake(&waker));
        moved.wake();
        let woken = |task: &Task| task.0.load(Ordering::SeqCst);
        assert_eq!((woken(&task), woken(&other)), (0, 1));
    }

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn no_panic_of_a_run_gets_out_also_where_it_is_dropped() {
        let (mut cancelled, _relay, mut news) = run(|| {
            Box::pin(async {
                let _held = PanicsWhenDropped;
                std::future::pending().await
            })
        });
        assert!(poll(&mut cancelled).is_pending());
        drop(cancelled);
        let Ok(Event::Ended { end, .. }) = news.try_recv() else {
            panic!("no end")
        };
        assert!(matches!(end, End::Dropped), "{end:?}");

        let (mut panics, _relay, mut news) = run(|| {
            let held = PanicsWhenDropped;
            Box::pin(std::future::poll_fn(move |_| {
                let _ = &held;
                panic!("polled")
            }))
        });
        assert!(poll(&mut panics).is_ready());
        let Ok(Event::Ended { end, .. }) = news.try_recv() else {
            panic!("no end")
        };
        let End::ByItself(result) = end else {
            panic!("{end:?}")
        };
        assert_eq!(result.error.as_deref(), Some("panicked: polled"));
        drop(panics);
        assert!(news.try_recv().is_err(), "one end");
    }
}
