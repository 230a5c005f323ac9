use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::{grouped, shown};
use crate::table::Row;

/// Clients that begin a request and never end it.
pub(crate) const FAULT: Fault = Fault {
    name: "half-open",
    quiet: true,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const HALVES: usize = 1_000;

async fn passes() -> Answered {
    Ok(())
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let health = Health::builder()
                .check(Check::critical("dependency", passes))
                .start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => {
            service::plain(passes, Duration::from_secs(2), service::application()).await;
        }
    }
}

struct Measured {
    took: Option<Duration>,
    at_once: usize,
    later: usize,
}

async fn measure(scale: Scale) -> Vec<Row> {
    let wait = Duration::from_secs(scale.of(12, 7));
    let (ours, plain) = tokio::join!(of(Contender::Ours, wait), of(Contender::Plain, wait));
    let fault = format!(
        "{} half requests (ours: to its own listener)",
        grouped(HALVES as u64)
    );
    let limit = Duration::from_millis(100);
    let took = |took: Option<Duration>| took.map_or_else(|| "no answer".to_owned(), shown);
    let held =
        |measured: &Measured| format!("{} at once, {} then", measured.at_once, measured.later);
    vec![
        Row {
            fault: fault.clone(),
            measured: "a whole request is answered after",
            limit: shown(limit),
            ours: took(ours.took),
            plain: took(plain.took),
            kept: ours.took.is_some_and(|took| took <= limit),
        },
        Row {
            fault: format!("{fault}, {} later", shown(wait)),
            measured: "connections held",
            limit: "256 at once, 0 then".into(),
            ours: held(&ours),
            plain: held(&plain),
            kept: ours.at_once <= 256 && ours.later == 0,
        },
    ]
}

async fn of(contender: Contender, wait: Duration) -> Measured {
    let process = Process::start(&FAULT, contender);
    let port = process.private_port();
    let mut halves = Vec::new();
    for _ in 0..HALVES {
        if let Ok(mut half) = TcpStream::connect(("127.0.0.1", port)).await {
            let _ = half
                .write_all(b"GET /health/ready HTTP/1.1\r\nhost: local")
                .await;
            let _ = half.set_zero_linger();
            halves.push(half);
        }
    }
    let asked = Instant::now();
    let answer = ask(port, "/health/ready", Duration::from_secs(10)).await;
    let took = answer
        .is_ok_and(|answer| answer.code == 200)
        .then(|| asked.elapsed());
    // What is closed from the other side takes a moment to be seen here.
    sleep(Duration::from_millis(200)).await;
    let at_once = held(&halves);
    sleep(wait).await;
    Measured {
        took,
        at_once,
        later: held(&halves),
    }
}

/// How many of them the other side has not closed.
fn held(halves: &[TcpStream]) -> usize {
    let open = |half: &&TcpStream| {
        let nothing = half.try_read(&mut [0; 256]);
        nothing.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    halves.iter().filter(open).count()
}
