use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::net::lookup_host;
use tokio::time::{sleep, timeout};
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::Response;
use warp::{Filter, path};

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::grouped;
use crate::table::Row;

/// A check that blocks its thread and never comes back, asked again and again.
pub(crate) const FAULT: Fault = Fault {
    name: "blocking-for-ever",
    quiet: true,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const TIMEOUT: Duration = Duration::from_millis(10);

/// Long enough for any file to be read and any name of this machine to be found.
const PATIENCE: Duration = Duration::from_secs(2);

fn blocks() -> Answered {
    let _run = gauge::run();
    loop {
        thread::park();
    }
}

async fn blocks_elsewhere() -> Answered {
    let answered = tokio::task::spawn_blocking(blocks).await;
    answered.map_err(|error| error.to_string())?
}

async fn serve(contender: Contender) {
    let application = service::application()
        .or(uses_blocking_pool())
        .unify()
        .boxed();
    match contender {
        Contender::Ours => {
            let check = Check::critical_blocking("dependency", blocks)
                .timeout(TIMEOUT)
                .interval(TIMEOUT);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), application).await;
        }
        Contender::Plain => service::plain(blocks_elsewhere, TIMEOUT, application).await,
    }
}

/// The first, two workers, the listener, the monitor, the log and the check.
const THREADS: u64 = 8;

/// What applications do on the runtime's blocking threads: read files, and look names up.
fn uses_blocking_pool() -> BoxedFilter<(Response,)> {
    let used = path!("used").then(async || {
        let read = timeout(PATIENCE, tokio::fs::read("/proc/self/stat")).await;
        let found = timeout(PATIENCE, lookup_host("localhost:80")).await;
        let works = |works: bool| if works { "work" } else { "hang" };
        let text = format!(
            "files {}, names {}",
            works(read.is_ok()),
            works(found.is_ok())
        );
        service::body(text, StatusCode::OK)
    });
    used.boxed()
}

struct Measured {
    ticks: u64,
    threads: u64,
    application: String,
}

async fn measure(scale: Scale) -> Vec<Row> {
    let ticks = scale.of(1_000, 600);
    let (ours, plain) = tokio::join!(of(Contender::Ours, ticks), of(Contender::Plain, ticks));
    let fault = format!("a check blocks for ever, asked {} times", grouped(ticks));
    vec![
        Row {
            fault: fault.clone(),
            measured: "threads of the process",
            limit: THREADS.to_string(),
            ours: grouped(ours.threads),
            plain: grouped(plain.threads),
            kept: ours.threads <= THREADS && ours.ticks >= ticks,
        },
        Row {
            fault,
            measured: "the application's own files and DNS",
            limit: "work".into(),
            kept: ours.application == "files work, names work",
            ours: ours.application,
            plain: plain.application,
        },
    ]
}

async fn of(contender: Contender, ticks: u64) -> Measured {
    let process = Process::start(&FAULT, contender);
    let limit = Duration::from_secs(10);
    let asked = match contender {
        Contender::Ours => missed(process.private_port(), ticks).await,
        Contender::Plain => {
            let mut asked = 0;
            while asked < ticks && ask(process.port(), "/health/ready", limit).await.is_ok() {
                asked += 1;
            }
            asked
        }
    };
    let threads = process.threads();
    let application = ask(process.port(), "/used", limit).await;
    Measured {
        ticks: asked,
        threads,
        application: application.map_or_else(|error| error.to_string(), |answer| answer.body),
    }
}

/// Waits until the check could not be asked so many times, because it had not ended.
async fn missed(port: u16, ticks: u64) -> u64 {
    let begun = Instant::now();
    let mut failures = 0;
    while failures < ticks && begun.elapsed() < Duration::from_mins(1) {
        sleep(Duration::from_millis(50)).await;
        if let Ok(deep) = ask(port, "/health/deep", PATIENCE).await {
            let check = &deep.json()["checks"]["dependency"];
            failures = check["consecutive_failures"].as_u64().unwrap_or(0);
        }
    }
    failures
}
