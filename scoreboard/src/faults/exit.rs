use std::thread;
use std::time::Duration;

use health_core::{Check, Health};

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::shown;
use crate::table::Row;

/// The process is asked to end while a plain function of a check is stuck.
pub(crate) const FAULT: Fault = Fault {
    name: "exit",
    quiet: true,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const TIMEOUT: Duration = Duration::from_millis(100);

fn blocks() -> Answered {
    loop {
        thread::park();
    }
}

async fn blocks_elsewhere() -> Answered {
    let answered = tokio::task::spawn_blocking(blocks).await;
    answered.map_err(|error| error.to_string())?
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let check = Check::critical_blocking("dependency", blocks).timeout(TIMEOUT);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => {
            service::plain(blocks_elsewhere, TIMEOUT, service::application()).await;
        }
    }
}

async fn measure(scale: Scale) -> Vec<Row> {
    let patience = Duration::from_secs(scale.of(10, 4));
    let (ours, plain) = tokio::join!(
        of(Contender::Ours, patience),
        of(Contender::Plain, patience)
    );
    let limit = Duration::from_millis(500);
    let text = |ended: Option<Duration>| {
        ended.map_or_else(|| format!("not within {}", shown(patience)), shown)
    };
    vec![Row {
        fault: "the plain function of a check is stuck".into(),
        measured: "from SIGTERM to the end of the process, 100 ms of draining included",
        limit: shown(limit),
        ours: text(ours),
        plain: text(plain),
        kept: ours.is_some_and(|ended| ended <= limit),
    }]
}

async fn of(contender: Contender, patience: Duration) -> Option<Duration> {
    let mut process = Process::start(&FAULT, contender);
    // By the answer the check is stuck.
    ask(process.port(), "/health/ready", patience).await.ok()?;
    tokio::time::sleep(3 * TIMEOUT).await;
    process.end(patience).await
}
