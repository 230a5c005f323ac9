use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::time::sleep;

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::shown;
use crate::table::Row;

/// An async check that does not yield: a client that is not async, a lock, a slow computation.
pub(crate) const FAULT: Fault = Fault {
    name: "blocking-async",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const TIMEOUT: Duration = Duration::from_millis(300);
const BLOCKS: Duration = Duration::from_secs(3);

async fn blocks() -> Answered {
    thread::sleep(BLOCKS);
    Ok(())
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let check = Check::critical("dependency", blocks).timeout(TIMEOUT);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => service::plain(blocks, TIMEOUT, service::application()).await,
    }
}

async fn measure(_: Scale) -> Vec<Row> {
    let (ours, ours_says) = of(Contender::Ours).await;
    let (plain, plain_says) = of(Contender::Plain).await;
    vec![Row {
        fault: format!(
            "an async check with a timeout of {} blocks its thread for {}",
            shown(TIMEOUT),
            shown(BLOCKS)
        ),
        measured: "readiness says so after",
        limit: format!("{}: the timeout and 100 ms", shown(TIMEOUT + LATE)),
        ours: format!("{}: {ours_says}", shown(ours)),
        plain: format!("{}: {plain_says}", shown(plain)),
        kept: ours <= TIMEOUT + LATE && ours_says == "timed_out",
    }]
}

const LATE: Duration = Duration::from_millis(100);

/// When the probe has first something to say of the check, and what.
async fn of(contender: Contender) -> (Duration, String) {
    let process = Process::start(&FAULT, contender);
    let begun = Instant::now();
    while begun.elapsed() < 2 * BLOCKS {
        let answer = ask(process.private_port(), "/health/ready", 2 * BLOCKS).await;
        let Ok(answer) = answer else { break };
        let body = answer.json();
        let reason = &body["critical"]["dependency"]["reason"];
        match (contender, reason.as_str()) {
            (Contender::Ours, Some("pending")) => sleep(Duration::from_millis(5)).await,
            (Contender::Ours, reason) => {
                return (begun.elapsed(), reason.unwrap_or("healthy").to_owned());
            }
            (Contender::Plain, _) => {
                return (
                    begun.elapsed(),
                    body["status"].as_str().unwrap_or("").to_owned(),
                );
            }
        }
    }
    (begun.elapsed(), "no answer".to_owned())
}
