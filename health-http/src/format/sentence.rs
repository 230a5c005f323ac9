use std::fmt::Write as _;

use health_core::{LivenessStatus, ReadinessStatus, Report, ServiceReason, Status};

use super::times::Span;
use crate::answer::heading::Heading;
use crate::answer::rows::{Consequence, Row, Subject};

/// So many culprits are named, the others counted.
const NAMED: usize = 3;

/// Says in one sentence what follows from a report, and who is to blame.
pub(crate) fn sentence(report: &Report, rows: &[Row<'_>]) -> String {
    let heading = Heading::of(report);
    let blamed = |consequence| {
        let rows = rows.iter();
        let blamed: Vec<_> = rows
            .filter(|row| row.consequence() == Some(consequence))
            .collect();
        named(&blamed)
    };
    let is_alive = report.liveness == LivenessStatus::Alive;
    match heading.reason {
        Some(ServiceReason::Stale) => {
            let silence = match report.monitor.age {
                Some(age) => format!("The monitor has not moved for {}", Span(age)),
                None => "The monitor has ended".into(),
            };
            let wanted = if is_alive {
                ""
            } else {
                ": a restart is wanted"
            };
            return format!("{silence}, so nothing is known any more{wanted}.");
        }
        Some(ServiceReason::Draining) => {
            return "It is shutting down: no new traffic should come here.".into();
        }
        _ => {}
    }
    let why = match heading.reason {
        Some(ServiceReason::Broken) => match &report.broken {
            Some(broken) => format!("it declared itself broken: {broken}"),
            None => "it declared itself broken".into(),
        },
        Some(ServiceReason::Stalled) => "the application's runtime runs no tasks".into(),
        Some(ServiceReason::Starting) => {
            let waited: Vec<_> = rows.iter().filter(|row| row.holds_startup()).collect();
            return format!("It has not started yet: it waits for {}.", named(&waited));
        }
        _ if !is_alive => blamed(Consequence::Restart),
        _ => match report.readiness {
            ReadinessStatus::Ready => return praise(report, rows),
            ReadinessStatus::Degraded => {
                return format!("It serves, but worse: {}.", blamed(Consequence::Worse));
            }
            ReadinessStatus::NotReady => blamed(Consequence::NoTraffic),
        },
    };
    let wanted = if is_alive {
        "No traffic should come here"
    } else {
        "A restart is wanted"
    };
    format!("{wanted}: {}.", why.trim_end_matches('.'))
}

/// Names the first with what is wrong with them, and counts the others.
fn named(rows: &[&Row<'_>]) -> String {
    let mut text = String::new();
    for row in rows.iter().take(NAMED) {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = match row.subject {
            Subject::Heartbeat(_) => write!(text, "{comma}heartbeat {} ({})", row.name, row.word()),
            _ => write!(text, "{comma}{} ({})", row.name, row.word()),
        };
    }
    match rows.len().saturating_sub(NAMED) {
        0 => text,
        more => text + &format!(" and {more} more"),
    }
}

fn praise(report: &Report, rows: &[Row<'_>]) -> String {
    let is_check = |row: &&Row<'_>| matches!(row.subject, Subject::Check(_));
    let all = report.checks.len();
    let pass = rows.iter().filter(is_check);
    let pass = pass.filter(|row| row.is_healthy()).count();
    match (all, pass) {
        (0, _) => {
            "There are no checks: that it is ready says only that this process answers.".into()
        }
        (1, 1) => "Its only check passes.".into(),
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
