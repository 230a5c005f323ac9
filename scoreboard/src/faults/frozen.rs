use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::time::sleep;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use warp::http::StatusCode;
use warp::{Filter, path};

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::shown;
use crate::table::Row;

/// Whoever writes the log waits for ever, since nobody reads it any more; and then a dependency fails.
pub(crate) const FAULT: Fault = Fault {
    name: "frozen",
    quiet: true,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const INTERVAL: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_millis(500);

static FROZEN: AtomicBool = AtomicBool::new(false);

/// A log whose other end is not read: who writes to it waits.
struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("health_core") || metadata.target().starts_with("scoreboard")
    }

    fn event(&self, _: &Event<'_>) {
        while FROZEN.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

async fn until_frozen() -> Answered {
    if FROZEN.load(Ordering::SeqCst) {
        return Err("something to write about".into());
    }
    Ok(())
}

async fn serve(contender: Contender) {
    let set = tracing::subscriber::set_global_default(Log);
    set.expect("nobody has set one before");
    let freeze = path!("freeze").map(|| {
        FROZEN.store(true, Ordering::SeqCst);
        service::body("frozen".into(), StatusCode::OK)
    });
    let application = service::application().or(freeze).unify().boxed();
    match contender {
        Contender::Ours => {
            let dependency = Check::critical("dependency", until_frozen);
            let dependency = dependency.interval(INTERVAL).timeout(TIMEOUT).fail_after(1);
            let health = Health::builder().check(dependency).start();
            service::ours(health.expect("the checks are right"), application).await;
        }
        Contender::Plain => service::plain(until_frozen, TIMEOUT, application).await,
    }
}

async fn measure(_: Scale) -> Vec<Row> {
    let (ours, plain) = tokio::join!(of(Contender::Ours), of(Contender::Plain));
    // The next run comes within 1.1 intervals, and is the verdict.
    let limit = INTERVAL.mul_f64(1.1) + Duration::from_millis(100);
    let text = |found: Option<Duration>| match found {
        Some(after) => shown(after),
        None => format!("no answer in {}", shown(PATIENCE)),
    };
    vec![Row {
        fault: "a dependency fails, and nobody reads the log in which that is told".into(),
        measured: "readiness says so after",
        limit: format!("{}: 1.1 intervals and 100 ms", shown(limit)),
        ours: text(ours),
        plain: text(plain),
        kept: ours.is_some_and(|after| after <= limit),
    }]
}

const PATIENCE: Duration = Duration::from_secs(6);

async fn of(contender: Contender) -> Option<Duration> {
    let process = Process::start(&FAULT, contender);
    // Until the checks were asked, and a little on.
    sleep(2 * INTERVAL).await;
    ask(process.port(), "/freeze", PATIENCE).await.ok()?;
    let frozen = Instant::now();
    while frozen.elapsed() < PATIENCE {
        let answer = ask(process.port(), "/health/ready", PATIENCE).await.ok()?;
        if answer.code == 503 {
            return Some(frozen.elapsed());
        }
        sleep(Duration::from_millis(10)).await;
    }
    None
}
