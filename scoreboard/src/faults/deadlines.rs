use std::future::pending;
use std::time::{Duration, Instant};

use health_core::{ChangeKind, Check, Health};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::contender::Contender;
use crate::fault::{Fault, Scale};
use crate::process::Process;
use crate::service::Answered;
use crate::statistics::{grouped, most, percentile, shown};
use crate::table::Row;

/// Checks that hang, with many different deadlines at the same time.
pub(crate) const FAULT: Fault = Fault {
    name: "deadlines",
    quiet: false,
    measure: |scale| Box::pin(async move { measure(scale) }),
    serve: |contender, amount| Box::pin(serve(contender, amount)),
};

/// So many hang at the same time.
const AT_ONCE: usize = 250;

async fn serve(contender: Contender, rounds: u64) {
    let (mut early, mut late) = (0_u32, Vec::new());
    for _ in 0..rounds {
        let deadlines =
            std::iter::repeat_with(|| Duration::from_micros(fastrand::u64(100_000..400_000)));
        let deadlines: Vec<_> = deadlines.take(AT_ONCE).collect();
        let ended = match contender {
            Contender::Ours => ours(&deadlines).await,
            Contender::Plain => plain(&deadlines).await,
        };
        for (deadline, took) in ended {
            early += u32::from(took < deadline);
            late.push(took.saturating_sub(deadline));
        }
    }
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let said = json!({
        "deadlines": late.len(),
        "early": early,
        "late": millis(percentile(&mut late, 99)),
        "latest": millis(most(&late)),
    });
    println!("{said}");
}

/// How long after `start()` each verdict came: all checks are asked at once. Nobody can listen before the
/// start, so no deadline is so short that it would be over by then.
async fn ours(deadlines: &[Duration]) -> Vec<(Duration, Duration)> {
    let long = Duration::from_hours(1);
    let checks = deadlines.iter().enumerate().map(|(index, deadline)| {
        let check = Check::critical(format!("n{index}"), pending::<Answered>);
        check.timeout(*deadline).interval(long).retry(long)
    });
    let builder = Health::builder().extend(checks);
    let begun = Instant::now();
    let health = builder.start().expect("the checks are right");
    let mut changes = health.subscribe();
    let mut ended = Vec::new();
    while ended.len() < deadlines.len() {
        let Ok(Some(change)) = timeout(Duration::from_secs(5), changes.next()).await else {
            break;
        };
        let took = begun.elapsed();
        let ChangeKind::Check { name, .. } = change.kind else {
            continue;
        };
        let index: Option<usize> = name[1..].parse().ok();
        ended.extend(index.map(|index| (deadlines[index], took)));
    }
    ended
}

async fn plain(deadlines: &[Duration]) -> Vec<(Duration, Duration)> {
    let mut checks = JoinSet::new();
    for deadline in deadlines.iter().copied() {
        checks.spawn(async move {
            let begun = Instant::now();
            let _ = timeout(deadline, pending::<Answered>()).await;
            (deadline, begun.elapsed())
        });
    }
    checks.join_all().await
}

fn measure(scale: Scale) -> Vec<Row> {
    let rounds = scale.of(40, 5);
    let of = |contender| Process::start_for(&FAULT, contender, rounds);
    let (ours, plain) = (of(Contender::Ours), of(Contender::Plain));
    let expected = rounds * AT_ONCE as u64;
    let fault = format!(
        "{} random deadlines, {AT_ONCE} at a time",
        grouped(expected)
    );
    let time =
        |process: &Process, name| Duration::from_secs_f64(process.said(name).max(0.0) / 1_000.0);
    let late = |process: &Process| {
        let (p99, latest) = (time(process, "late"), time(process, "latest"));
        format!("{}, at most {}", shown(p99), shown(latest))
    };
    let limit = time(&plain, "late") * 2 + Duration::from_millis(50);
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let all = ours.said("deadlines") >= expected as f64;
    vec![
        Row {
            fault: fault.clone(),
            measured: "ended before their time",
            limit: "0".into(),
            ours: ours.said("early").to_string(),
            plain: plain.said("early").to_string(),
            kept: ours.said("early") == 0.0 && all,
        },
        Row {
            fault,
            measured: "late by, for 99 % of them",
            limit: format!("{}: twice that by hand and 50 ms", shown(limit)),
            ours: late(&ours),
            plain: late(&plain),
            kept: time(&ours, "late") <= limit,
        },
    ]
}
