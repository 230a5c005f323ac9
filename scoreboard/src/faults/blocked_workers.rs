use std::thread;
use std::time::{Duration, Instant};

use health_core::{Check, Health};
use tokio::time::sleep;
use warp::http::StatusCode;
use warp::{Filter, path};

use crate::client::ask;
use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::{self, Answered};
use crate::statistics::{most, shown};
use crate::table::Row;

/// The application blocks every worker of its runtime.
pub(crate) const FAULT: Fault = Fault {
    name: "blocked-workers",
    quiet: true,
    measure: |scale| Box::pin(measure(scale)),
    serve: |contender, _| Box::pin(serve(contender)),
};

async fn passes() -> Answered {
    Ok(())
}

async fn serve(contender: Contender) {
    let block = path!("block" / u64).map(|ms| {
        // More than there are workers, so that each is taken.
        for _ in 0..8 {
            tokio::spawn(async move { thread::sleep(Duration::from_millis(ms) / 4) });
        }
        service::body("soon".into(), StatusCode::OK)
    });
    let application = service::application().or(block).unify().boxed();
    match contender {
        Contender::Ours => {
            let health = Health::builder()
                .check(Check::critical("dependency", passes))
                .start();
            service::ours(health.expect("the check is right"), application).await;
        }
        Contender::Plain => service::plain(passes, Duration::from_secs(2), application).await,
    }
}

async fn measure(scale: Scale) -> Vec<Row> {
    let blocked = Duration::from_secs(scale.of(10, 3));
    let (ours, plain) = tokio::join!(of(Contender::Ours, blocked), of(Contender::Plain, blocked));
    let limit = Duration::from_millis(100);
    let text = |(took, asked, alive): (Duration, usize, usize)| {
        format!("{}: {alive} of {asked} say alive", shown(took))
    };
    vec![Row {
        fault: format!(
            "every worker of the application is blocked for {}",
            shown(blocked)
        ),
        measured: "longest wait for liveness (ours on its own listener), and what it says",
        limit: format!("{}: alive", shown(limit)),
        ours: text(ours),
        plain: text(plain),
        kept: ours.0 <= limit && ours.1 == ours.2,
    }]
}

/// The longest wait, how often it was asked, and how often the answer was that it is alive.
async fn of(contender: Contender, blocked: Duration) -> (Duration, usize, usize) {
    let process = Process::start(&FAULT, contender);
    let path = format!("/block/{}", blocked.as_millis());
    let _ = ask(process.port(), &path, blocked).await;
    sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    let (mut took, mut alive) = (Vec::new(), 0);
    while begun.elapsed() + Duration::from_millis(200) < blocked {
        let asked = Instant::now();
        let answer = ask(process.private_port(), "/health/live", 2 * blocked).await;
        took.push(asked.elapsed());
        alive += usize::from(answer.is_ok_and(|answer| answer.code == 200));
        sleep(Duration::from_millis(50)).await;
    }
    (most(&took), took.len(), alive)
}
