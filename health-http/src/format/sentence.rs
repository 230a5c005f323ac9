use health_core::{LivenessStatus, ReadinessStatus, Report, ServiceReason, Status};

use super::times::Span;
use crate::answer::heading::Heading;
use crate::answer::rows::{Consequence, Row, Subject};

/// So many culprits are named, the others counted.
const NAMED: usize = 3;

/// Says in one sentence what follows from a report, and who is to blame.
pub(crate) fn sentence(report: &Report, rows: &[Row<'_>]) -> String {
    let blamed = |consequence| {
        let is_to_blame = |row: &&Row<'_>| row.consequence() == Some(consequence);
        named(rows.iter().filter(is_to_blame))
    };
    let follows = match report.liveness {
        LivenessStatus::NotAlive => "A restart is wanted",
        LivenessStatus::Alive => "No traffic should come here",
    };
    match Heading::of(report).reason {
        Some(ServiceReason::Stale) => silence(report),
        Some(ServiceReason::Draining) => {
            "It is shutting down: no new traffic should come here.".into()
        }
        Some(ServiceReason::Starting) => waiting(rows),
        Some(ServiceReason::Broken) => {
            let why = report.broken.as_deref().unwrap_or("it does not say why");
            let why = why.trim_end_matches('.');
            format!("{follows}: it declared itself broken: {why}.")
        }
        Some(ServiceReason::Stalled) => {
            format!("{follows}: the application's runtime runs no tasks.")
        }
        _ => match (report.liveness, report.readiness) {
            (LivenessStatus::NotAlive, _) => because(follows, &blamed(Consequence::Restart)),
            (LivenessStatus::Alive, ReadinessStatus::NotReady) => {
                because(follows, &blamed(Consequence::NoTraffic))
            }
            (LivenessStatus::Alive, ReadinessStatus::Degraded) => {
                because("It serves, but worse", &blamed(Consequence::Worse))
            }
            (LivenessStatus::Alive, ReadinessStatus::Ready) => praise(report, rows),
        },
    }
}

/// What follows, and whom it is to be blamed on, if that is known.
fn because(follows: &str, blamed: &str) -> String {
    match blamed {
        "" => format!("{follows}."),
        _ => format!("{follows}: {blamed}."),
    }
}

fn silence(report: &Report) -> String {
    let silent = match report.monitor.age {
        Some(age) => format!("The monitor has not moved for {}", Span(age)),
        None => "The monitor has ended".into(),
    };
    let wanted = match report.liveness {
        LivenessStatus::NotAlive => ": a restart is wanted",
        LivenessStatus::Alive => "",
    };
    format!("{silent}, so nothing is known any more{wanted}.")
}

/// What startup waits for, and what would keep traffic away when it is over.
fn waiting(rows: &[Row<'_>]) -> String {
    let awaited = named(rows.iter().filter(|row| row.holds_startup()));
    let fails =
        |row: &&Row<'_>| row.consequence() == Some(Consequence::NoTraffic) && !row.holds_startup();
    let fails = named(rows.iter().filter(fails));
    let mut why = Vec::new();
    if !awaited.is_empty() {
        why.push(format!("it waits for {awaited}"));
    }
    if !fails.is_empty() {
        why.push(format!("traffic is kept away by {fails}"));
    }
    because("It has not started yet", &why.join(", and "))
}

/// Names the first with what is wrong with them, and counts the others.
fn named<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> String {
    let mut rows = rows.map(|row| match row.subject {
        Subject::Heartbeat(_) => format!("heartbeat {} ({})", row.name, row.word()),
        _ => format!("{} ({})", row.name, row.word()),
    });
    let named: Vec<_> = rows.by_ref().take(NAMED).collect();
    match rows.count() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn praise(report: &Report, rows: &[Row<'_>]) -> String {
    let is_check = |row: &&Row<'_>| matches!(row.subject, Subject::Check(_));
    let checks = rows.iter().filter(is_check);
    let (all, pass) = (
        report.checks.len(),
        checks.filter(|row| row.is_healthy()).count(),
    );
    match all {
        0 => "There are no checks: that it is ready says only that this process answers.".into(),
        1 if pass == 1 => "Its only check passes.".into(),
        _ if all == pass => format!("All {all} checks pass."),
        _ => format!("It serves; {pass} of {all} checks pass."),
    }
}

/// What is known of a check whose monitor is silent: what its last run came to, and when.
pub(crate) fn last_seen(row: &Row<'_>) -> Option<String> {
    let Subject::Check(check) = row.subject else {
        return None;
    };
    let (last, age) = (check.history.last()?, check.age?);
    let word = match last.status {
        Status::Healthy => "passed",
        Status::Degraded => "degraded",
        _ => "failed",
    };
    row.is_past.then(|| format!("{word} {} ago", Span(age)))
}
