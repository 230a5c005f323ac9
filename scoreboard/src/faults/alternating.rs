use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::time::sleep;

use crate::client::{Connection, ask};
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::grouped;
use crate::table::Row;

/// A check that passes and fails in turn.
pub(crate) const FAULT: Fault = Fault {
    name: "alternating",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

/// So long that no run misses its deadline, which would be a second failure in a row.
const INTERVAL: Duration = Duration::from_millis(50);

async fn alternates() -> Answered {
    let _run = gauge::run();
    match gauge::ever() % 2 {
        1 => Ok(()),
        _ => Err("every second time".into()),
    }
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let check = Check::critical("dependency", alternates).interval(INTERVAL);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => {
            service::plain(alternates, Duration::from_secs(1), service::application()).await;
        }
    }
}

async fn measure(scale: Scale) -> Vec<Row> {
    let runs = scale.of(200, 40);
    let ours = changes(Contender::Ours, runs).await;
    let plain = changes(Contender::Plain, runs).await;
    vec![Row {
        fault: format!("a check passes and fails in turn, {} runs", grouped(runs)),
        measured: "changes of readiness that probes see",
        limit: "0".into(),
        ours: ours.to_string(),
        plain: plain.to_string(),
        kept: ours == 0,
    }]
}

async fn changes(contender: Contender, runs: u64) -> usize {
    let process = Process::start(&FAULT, contender);
    let port = process.port();
    sleep(Duration::from_millis(100)).await;
    let Ok(mut connection) = Connection::open(port).await else {
        return usize::MAX;
    };
    let (begun, mut codes) = (Instant::now(), Vec::new());
    while begun.elapsed() < Duration::from_secs(30) {
        if let Ok(answer) = connection.ask("/health/ready").await {
            codes.push(answer.code);
        }
        let counts = ask(port, "/counts", Duration::from_secs(1)).await;
        let done = counts.is_ok_and(|counts| counts.json()["runs"].as_u64() >= Some(runs));
        if done {
            break;
        }
        sleep(Duration::from_millis(1)).await;
    }
    codes.windows(2).filter(|pair| pair[0] != pair[1]).count()
}
