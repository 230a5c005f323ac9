use std::panic;
use std::time::Duration;

use health_core::{Check, Health};
use serde_json::json;
use tokio::time::sleep;

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::{Process, memory, threads};
use crate::service::{self, Answered};
use crate::statistics::grouped;
use crate::table::Row;

/// Checks that panic, under a hook that says nothing.
pub(crate) const FAULT: Fault = Fault {
    name: "panics",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, amount| Box::pin(serve(contender, amount)),
};

const CHECKS: u64 = 100;

async fn panics() -> Answered {
    let _run = gauge::run();
    panic!("by intention")
}

async fn serve(contender: Contender, panics: u64) {
    panic::set_hook(Box::new(|_| {}));
    match panics {
        0 => answer(contender).await,
        _ => count(contender, panics).await,
    }
}

/// Panics so often, and says what that cost.
async fn count(contender: Contender, panics: u64) {
    let running = match contender {
        Contender::Ours => {
            let soon = Duration::from_micros(1);
            let checks = (0..CHECKS).map(|n| {
                let check = Check::critical(format!("n{n}"), self::panics);
                check
                    .timeout(Duration::from_secs(1))
                    .interval(Duration::from_secs(1))
                    .retry(soon)
            });
            let health = Health::builder().extend(checks).start();
            Some(health.expect("the checks are right"))
        }
        Contender::Plain => {
            // As a server does it that spawns a task for every connection.
            tokio::spawn(async move {
                while gauge::ever() < panics {
                    let _ = tokio::spawn(self::panics()).await;
                }
            });
            None
        }
    };
    while gauge::ever() < panics / 10 {
        sleep(Duration::from_millis(1)).await;
    }
    let (first, threads_then) = (memory("self"), threads());
    while gauge::ever() < panics {
        sleep(Duration::from_millis(1)).await;
    }
    let said = json!({
        "gained": crate::statistics::mib(first, memory("self")),
        "threads": threads().saturating_sub(threads_then),
    });
    println!("{said}");
    drop(running);
}

/// A service whose check panics each time.
async fn answer(contender: Contender) {
    match contender {
        Contender::Ours => {
            let health = Health::builder()
                .check(Check::critical("dependency", panics))
                .start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => {
            service::plain(panics, Duration::from_secs(1), service::application()).await;
        }
    }
}

async fn measure(scale: Scale) -> Vec<Row> {
    let panics = scale.of(1_000_000_u64, 100_000);
    let of = |contender| Process::start_for(&FAULT, contender, panics);
    let (ours, plain) = (of(Contender::Ours), of(Contender::Plain));
    let cost = |process: &Process| {
        let (gained, threads) = (process.said("gained"), process.said("threads"));
        format!("{gained:.1} MiB, {threads} threads")
    };
    let kept = ours.said("gained") <= 4.0 && ours.said("threads") <= 2.0;
    let (ours_answers, ours_says) = answers(Contender::Ours).await;
    let (plain_answers, plain_says) = answers(Contender::Plain).await;
    vec![
        Row {
            fault: format!("{} panics", grouped(panics)),
            measured: "gained after the first tenth",
            limit: "4 MiB, 2 threads".into(),
            ours: cost(&ours),
            plain: cost(&plain),
            kept,
        },
        Row {
            fault: "a check panics, 100 probes ask".into(),
            measured: "how many are answered, and with what",
            limit: "100: panicked".into(),
            ours: format!("{ours_answers}: {ours_says}"),
            plain: format!("{plain_answers}: {plain_says}"),
            kept: ours_answers == 100 && ours_says == "panicked",
        },
    ]
}

async fn answers(contender: Contender) -> (usize, String) {
    let process = Process::start(&FAULT, contender);
    sleep(Duration::from_millis(100)).await;
    let (mut answers, mut says) = (0, "nothing".to_owned());
    for _ in 0..100 {
        if let Ok(answer) = ask(process.port(), "/health/ready", Duration::from_secs(5)).await {
            answers += 1;
            let reason = &answer.json()["critical"]["dependency"]["reason"];
            reason.as_str().unwrap_or("unknown").clone_into(&mut says);
        }
    }
    (answers, says)
}
