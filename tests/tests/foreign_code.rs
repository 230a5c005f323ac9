//! What is not the library's own, and so must not run on the monitor's thread, nor hold it up, nor end it.

use std::error::Error;
use std::fmt;
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Outcome, Reason, Status, health_check};
use tests::threads::{wait_for, workers};
use tests::{Log, service, verdict};
use tokio::runtime::Runtime;

type Anything = Result<(), &'static str>;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Notes on which threads it is used.
#[derive(Clone, Debug, Default)]
struct Witness(Arc<Mutex<Vec<String>>>);

impl Witness {
    fn note(&self, what: &str) {
        let thread = thread::current().name().unwrap_or_default().to_owned();
        let notes = self.0.lock();
        notes
            .unwrap_or_else(PoisonError::into_inner)
            .push(format!("{what} on {thread}"));
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note("display");
        f.write_str("no")
    }
}

impl Error for Witness {}

impl serde::Serialize for Witness {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.note("serialize");
        serializer.serialize_unit()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.note("drop");
    }
}

#[test]
fn no_value_of_a_user_is_touched_on_the_thread_of_the_monitor() {
    let runtime = workers(2);
    let seen = Witness::default();
    let log = Log::and({
        let seen = Witness(Arc::clone(&seen.0));
        move |_| seen.note("log")
    });
    let witness = || Witness(Arc::clone(&seen.0));
    let (fails, details, given_up, called) = (witness(), witness(), witness(), witness());
    let checks = [
        Check::critical("fails", move || {
            let error = Witness(Arc::clone(&fails.0));
            async move { Err::<(), _>(error) }
        }),
        Check::critical("details", move || {
            let details = Witness(Arc::clone(&details.0));
            async move { Ok::<_, Witness>(Outcome::passed().with_details(details)) }
        }),
        Check::critical("given_up", move || {
            let held = Witness(Arc::clone(&given_up.0));
            async move {
                let _held = held;
                std::future::pending::<Anything>().await
            }
        }),
        Check::critical("called", move || {
            called.note("call");
            std::future::ready(Anything::Ok(()))
        }),
    ];
    let often = ms(100);
    let checks = checks.map(|check| check.timeout(often).interval(often).retry(often));
    let health = {
        let _on = runtime.enter();
        let builder = service().extend(checks);
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    let stuck_or_late = [Some(Reason::TimedOut), Some(Reason::Stuck)];
    wait_for("judged", || {
        stuck_or_late.contains(&verdict(&health, "given_up").1)
            && verdict(&health, "fails").0 == Status::Unhealthy
            && verdict(&health, "details").0 == Status::Healthy
    });
    // What is dropped with the service is nobody's hindrance any more.
    let seen = seen.0.lock().unwrap().clone();
    drop(health);
    for what in ["display", "serialize", "drop", "call", "log"] {
        let noted = |note: &&String| note.starts_with(what);
        assert!(seen.iter().any(|note| noted(&note)), "{what}: {seen:?}");
        for note in seen.iter().filter(noted) {
            assert!(!note.ends_with("health-monitor"), "{note}");
        }
    }
}

/// Secrets are looked for where the text is made: on the monitor's thread a few hundred long texts
/// were seconds in which no deadline was kept.
#[test]
fn long_error_texts_make_no_deadline_late() {
    let runtime = workers(2);
    let text = "could not read password=hunter2 from https://user:secret@host/path?token=abc; ";
    let text: Arc<str> = text.repeat(220).into();
    let often = ms(100);
    let noisy = (0..200).map(|n| {
        let text = Arc::clone(&text);
        let check = Check::degraded(format!("noisy_{n}"), move || {
            let text = text.to_string();
            async move { Err::<(), _>(text) }
        });
        check.timeout(often).interval(often).retry(often)
    });
    let hangs = Check::critical("hangs", std::future::pending::<Anything>);
    let hangs = hangs.timeout(ms(300)).interval(ms(300)).retry(often);
    let health = {
        let _on = runtime.enter();
        service().extend(noisy).check(hangs).start().unwrap()
    };
    let begun = Instant::now();
    let mut oldest = Duration::ZERO;
    while begun.elapsed() < ms(5_000) {
        let report = health.deep();
        oldest = oldest.max(report.monitor.age.unwrap_or_default());
        thread::sleep(ms(5));
    }
    // It has a turn every 250 ms at least; the rest is for a machine that has other things to do.
    assert!(oldest < ms(2_500), "the monitor was away for {oldest:?}");
    assert!(verdict(&health, "hangs").0 == Status::Unhealthy);
}

/// The second is its own source, and so has no end; the first counts how far it is read.
#[derive(Debug)]
struct Endless(AtomicUsize);

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("again")
    }
}

impl Error for Endless {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let read = self.0.fetch_add(1, Ordering::SeqCst);
        assert!(read < 100_000, "it is read for ever");
        Some(self)
    }
}

#[test]
fn an_error_that_is_its_own_source_is_read_as_far_as_it_is_shown() {
    let outcome = Outcome::failed(Endless(AtomicUsize::new(0)));
    let message = outcome.message().unwrap();
    assert!(message.starts_with("again: again: again"), "{message}");
    assert!(message.len() <= 4 * 1024, "{}", message.len());
}

/// State that cannot be dropped where something blocks on a runtime.
struct OwnsARuntime(Option<Runtime>, Sender<String>);

impl Drop for OwnsARuntime {
    fn drop(&mut self) {
        // Panics on a thread that is inside another runtime's `block_on`.
        drop(self.0.take());
        let thread = thread::current();
        let _ = self.1.send(thread.name().unwrap_or_default().to_owned());
    }
}

#[health_check(critical, interval = "100ms", retry = "100ms")]
fn owner(owner: &OwnsARuntime) -> Result<(), &'static str> {
    owner.0.as_ref().map(drop).ok_or("it is gone")
}

#[test]
fn state_that_owns_a_runtime_is_dropped_without_a_panic() {
    for ends_with_its_runtime in [false, true] {
        let runtime = workers(1);
        let (sender, dropped) = channel();
        let health = {
            let _on = runtime.enter();
            let state = OwnsARuntime(Some(workers(1)), sender);
            let builder = health_core::Health::builder().only(health_core::checks![owner]);
            builder.state(state).start().unwrap()
        };
        wait_for("healthy", || verdict(&health, "owner").0 == Status::Healthy);
        if ends_with_its_runtime {
            drop(runtime);
        }
        drop(health);
        let thread = dropped.recv_timeout(ms(30_000));
        assert!(thread.is_ok(), "dropping it panicked: {thread:?}");
    }
}

#[health_check(critical, interval = "100ms", retry = "100ms")]
async fn late_owner(owner: &OwnsARuntime) -> Result<(), &'static str> {
    thread::sleep(ms(50));
    owner.0.as_ref().map(drop).ok_or("it is gone")
}

/// A run that has not ended holds the state too, and must not be the one that drops it.
#[test]
fn state_that_owns_a_runtime_does_not_go_with_a_run() {
    let runtime = workers(1);
    let (sender, dropped) = channel();
    let health = {
        let _on = runtime.enter();
        let state = OwnsARuntime(Some(workers(1)), sender);
        let builder = health_core::Health::builder().only(health_core::checks![late_owner]);
        builder.state(state).start().unwrap()
    };
    // Now and then it ends while the check runs, and at last it does.
    thread::sleep(ms(20));
    drop(health);
    let thread = dropped.recv_timeout(ms(30_000));
    assert_eq!(thread.as_deref(), Ok("health-monitor"));
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("dropped badly");
    }
}

#[test]
fn a_log_whose_panic_panics_ends_neither_the_monitor_nor_the_log() {
    let runtime = workers(2);
    let log = Log::and(|_| panic_any(PanicsInDrop));
    let passes = Arc::new(Mutex::new(false));
    let check = Check::critical("turns", move || {
        let mut passes = passes.lock().unwrap();
        *passes = !*passes;
        std::future::ready(if *passes { Ok(()) } else { Err("no") })
    });
    let often = ms(50);
    let turns = check.timeout(often).interval(often).retry(often);
    let health = {
        let _on = runtime.enter();
        let builder = service().check(turns.fail_after(1));
        tracing::dispatcher::with_default(&log.dispatch(), || builder.start().unwrap())
    };
    wait_for("many lines", || log.lines().len() > 10);
    let monitor = health.deep().monitor;
    assert!(monitor.age.is_some(), "it has not ended");
}
