use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::{grouped, mib};
use crate::table::Row;

/// A long run of probes of every kind, while verdicts change all the time.
pub(crate) const FAULT: Fault = Fault {
    name: "slope",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

/// Changes its mind every fourth time, with an error of another length.
async fn changes() -> Answered {
    let _run = gauge::run();
    let runs = gauge::ever();
    match runs / 4 % 2 {
        0 => Ok(()),
        _ => Err("x".repeat(usize::try_from(runs % 1_000).unwrap_or(0))),
    }
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let checks = ["database", "cache", "search"].map(|name| {
                let check = Check::critical(name, changes).interval(Duration::from_millis(10));
                check.fail_after(1)
            });
            let health = Health::builder().extend(checks).start();
            service::ours(
                health.expect("the checks are right"),
                service::application(),
            )
            .await;
        }
        Contender::Plain => {
            service::plain(changes, Duration::from_secs(2), service::application()).await;
        }
    }
}

async fn measure(scale: Scale) -> Vec<Row> {
    let time = Duration::from_secs(scale.of(20, 2));
    let (ours, ours_probes) = of(Contender::Ours, time).await;
    let (plain, plain_probes) = of(Contender::Plain, time).await;
    let text = |gained: f64, probes: u64| format!("{gained:.1} MiB in {} probes", grouped(probes));
    vec![Row {
        fault: "probes of every kind at full speed, while verdicts change".into(),
        measured: "memory gained after the first quarter",
        limit: "2 MiB".into(),
        ours: text(ours, ours_probes),
        plain: text(plain, plain_probes),
        kept: ours <= 2.0,
    }]
}

async fn of(contender: Contender, time: Duration) -> (f64, u64) {
    let process = Process::start(&FAULT, contender);
    let begun = Instant::now();
    probes(process.port(), begun + time / 4).await;
    let before = process.memory();
    let asked = probes(process.port(), begun + time).await;
    (mib(before, process.memory()), asked)
}

async fn probes(port: u16, until: Instant) -> u64 {
    let mut probers = JoinSet::new();
    for _ in 0..8 {
        probers.spawn(async move {
            let mut asked = 0;
            let Ok(mut connection) = Connection::open(port).await else {
                return asked;
            };
            'asking: while Instant::now() < until {
                for (path, accept) in KINDS {
                    if connection.ask_for(path, accept).await.is_err() {
                        break 'asking;
                    }
                    asked += 1;
                }
            }
            asked
        });
    }
    probers.join_all().await.into_iter().sum()
}

const KINDS: [(&str, &str); 6] = [
    ("/health/live", "*/*"),
    ("/health/ready", "*/*"),
    ("/health/ready", "text/plain"),
    ("/health/ready?verbose", "*/*"),
    ("/health/ready", "application/health+json"),
    ("/health/deep", "*/*"),
];
