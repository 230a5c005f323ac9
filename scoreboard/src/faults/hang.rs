use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Check, Health};
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::client::{Connection, ask};
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::gauge;
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::{grouped, mib, percentile, shown};
use crate::table::Row;

/// A dependency takes what it is asked and never answers, while everybody asks whether we are ready.
pub(crate) const FAULT: Fault = Fault {
    name: "hang",
    quiet: false,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

const TIMEOUT: Duration = Duration::from_millis(500);

async fn hangs() -> Answered {
    let _run = gauge::run();
    pending().await
}

async fn serve(contender: Contender) {
    match contender {
        Contender::Ours => {
            let check = Check::critical("dependency", hangs).timeout(TIMEOUT);
            let health = Health::builder().check(check).start();
            service::ours(health.expect("the check is right"), service::application()).await;
        }
        Contender::Plain => service::plain(hangs, TIMEOUT, service::application()).await,
    }
}

struct Measured {
    most: u64,
    answered: usize,
    bare: Duration,
    ready: Duration,
    gained: f64,
}

async fn measure(scale: Scale) -> Vec<Row> {
    let (requests, waves) = scale.of((10_000, 3), (1_000, 2));
    let ours = of(Contender::Ours, requests, waves).await;
    let plain = of(Contender::Plain, requests, waves).await;
    let fault = format!(
        "{} readiness requests at once, a dependency hangs",
        grouped(requests as u64)
    );
    let limit = ours.bare * 2 + Duration::from_millis(50);
    let asked = 3 * waves * requests;
    // Some hundreds of bytes for each request: the allocator's own ups and downs are about that, with any handler.
    let room = scale.of(16_u8, 8);
    let answers = |measured: &Measured| {
        let (ready, bare) = (shown(measured.ready), shown(measured.bare));
        match asked - measured.answered {
            0 => format!("{ready} (bare {bare})"),
            lost => format!("{ready} (bare {bare}), {} never", grouped(lost as u64)),
        }
    };
    vec![
        Row {
            fault: fault.clone(),
            measured: "runs of the check at the same time",
            limit: "1".into(),
            ours: grouped(ours.most),
            plain: grouped(plain.most),
            kept: ours.most == 1,
        },
        Row {
            fault: fault.clone(),
            measured: "99 % of them answered within (in the best wave)",
            limit: format!("{}: twice a bare route's and 50 ms", shown(limit)),
            ours: answers(&ours),
            plain: answers(&plain),
            kept: ours.ready <= limit && ours.answered == asked,
        },
        Row {
            fault,
            measured: "memory after the last waves, above that after those before",
            limit: format!("{room} MiB"),
            ours: format!("{:.1} MiB", ours.gained),
            plain: format!("{:.1} MiB", plain.gained),
            kept: ours.gained <= f64::from(room),
        },
    ]
}

async fn of(contender: Contender, requests: usize, waves: usize) -> Measured {
    let process = Process::start(&FAULT, contender);
    let (mut bare, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..waves {
        bare.push(at_once(process.port(), "/bare", requests).await);
    }
    let mut memory = Vec::new();
    for _ in 0..3 * waves {
        ready.push(at_once(process.port(), "/health/ready", requests).await);
        // Until all connections are gone.
        sleep(Duration::from_millis(300)).await;
        memory.push(process.memory());
    }
    let counts = ask(process.port(), "/counts", Duration::from_secs(10)).await;
    let most = counts.map_or(0, |counts| counts.json()["most"].as_u64().unwrap_or(0));
    Measured {
        most,
        answered: ready.iter().map(Vec::len).sum(),
        bare: best(bare),
        ready: best(ready),
        gained: mib(
            highest(&memory[waves..2 * waves]),
            highest(&memory[2 * waves..]),
        ),
    }
}

/// The allocator grows during the first waves, and keeps what they took at their height, so those do not count.
fn highest(memory: &[u64]) -> u64 {
    memory.iter().copied().max().unwrap_or_default()
}

/// The 99th percentile of the wave that the machine disturbed least.
fn best(waves: Vec<Vec<Duration>>) -> Duration {
    let waves = waves.into_iter().map(|mut took| percentile(&mut took, 99));
    waves.min().unwrap_or_default()
}

/// Opens so many connections, asks on all of them at the same moment, and returns how long each took.
async fn at_once(port: u16, path: &'static str, requests: usize) -> Vec<Duration> {
    let all_open = Arc::new(Barrier::new(requests));
    let opening = Arc::new(Semaphore::new(128));
    let mut asking = JoinSet::new();
    for _ in 0..requests {
        let (all_open, opening) = (Arc::clone(&all_open), Arc::clone(&opening));
        asking.spawn(async move {
            let permit = opening.acquire().await;
            let connection = open(port).await;
            drop(permit);
            all_open.wait().await;
            let answer = timeout(Duration::from_secs(30), connection.ok()?.ask(path)).await;
            Some(answer.ok()?.ok()?.took)
        });
    }
    asking.join_all().await.into_iter().flatten().collect()
}

/// Opens a connection and waits until the server has taken it, so that none overflows its queue.
async fn open(port: u16) -> std::io::Result<Connection> {
    let mut connection = Connection::open(port).await?;
    connection.ask("/bare").await?;
    Ok(connection)
}
