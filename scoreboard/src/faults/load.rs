use std::time::Duration;

use health_core::{Check, Health};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::{Connection, ask};
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::{grouped, percentile, shown};
use crate::table::Row;

/// A great many probes.
pub(crate) const FAULT: Fault = Fault {
    name: "load",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

async fn passes() -> Answered {
    let _run = gauge::run();
    Ok(())
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            // So rarely that every run but the first would be a probe's doing.
            let hour = Duration::from_hours(1);
            let check = Check::critical("dependency", passes)
                .interval(hour)
                .retry(hour);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => {
            service::plain(passes, Duration::from_secs(2), service::application()).await;
        }
    }
}

struct Measured {
    runs: u64,
    answered: u64,
    slowest: Duration,
}

const CONNECTIONS: u64 = 50;
const A_SECOND: u64 = 10_000;

async fn measure(scale: Scale) -> Vec<Row> {
    let seconds = scale.of(30, 2);
    let ours = of(Contender::Ours, seconds).await;
    let plain = of(Contender::Plain, seconds).await;
    let fault = format!("{} probes a second for {seconds} s", grouped(A_SECOND));
    let answered = |measured: &Measured| {
        let (answered, slowest) = (grouped(measured.answered), shown(measured.slowest));
        format!("{answered}, 99 % within {slowest}")
    };
    let all = A_SECOND * seconds;
    vec![
        Row {
            fault: fault.clone(),
            measured: "runs that they caused",
            limit: "0".into(),
            ours: grouped(ours.runs),
            plain: grouped(plain.runs),
            kept: ours.runs == 0,
        },
        Row {
            fault,
            measured: "answered with 200",
            limit: grouped(all),
            ours: answered(&ours),
            plain: answered(&plain),
            kept: ours.answered >= all,
        },
    ]
}

async fn of(contender: Contender, seconds: u64) -> Measured {
    let process = Process::start(&FAULT, contender);
    let port = process.port();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = runs(port).await;
    let mut probers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        probers.spawn(probe(port, A_SECOND / CONNECTIONS, seconds));
    }
    let mut took: Vec<_> = probers.join_all().await.into_iter().flatten().collect();
    Measured {
        runs: runs(port).await - before,
        answered: took.len() as u64,
        slowest: percentile(&mut took, 99),
    }
}

/// Asks at a steady rate, and returns how long each answer took since it was due.
async fn probe(port: u16, a_second: u64, seconds: u64) -> Vec<Duration> {
    let mut took = Vec::new();
    let Ok(mut connection) = Connection::open(port).await else {
        return took;
    };
    let mut due = interval(Duration::from_secs(1) / u32::try_from(a_second).unwrap_or(1));
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..a_second * seconds {
        let due = due.tick().await;
        match connection.ask("/health/ready").await {
            Ok(answer) if answer.code == 200 => took.push(due.elapsed()),
            _ => break,
        }
    }
    took
}

async fn runs(port: u16) -> u64 {
    let counts = ask(port, "/counts", Duration::from_secs(10)).await;
    counts.map_or(0, |counts| counts.json()["runs"].as_u64().unwrap_or(0))
}
