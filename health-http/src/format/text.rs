use std::fmt::{self, Write as _};

use health_core::{CheckReport, Reason, Report};

use super::times::{millis, utc};
use super::visible::OneLine;
use crate::answer::Public;
use crate::answer::entry::{Entry, What, percent};
use crate::answer::exposure::Shown;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;

/// Writes a public answer for a terminal: what it is, then a line for each check, as Kubernetes' own
/// `?verbose` has it.
pub(crate) fn text<T: Public>(shown: &Shown<'_, T>) -> String {
    let mut text = String::new();
    write_public(&mut text, shown).expect("a string takes everything");
    text
}

fn write_public<T: Public>(text: &mut String, shown: &Shown<'_, T>) -> fmt::Result {
    let (answer, omitted) = match shown {
        Shown::Status(answer) => return writeln!(text, "{}", answer.status()),
        Shown::Whole(answer) => (&**answer, None),
        Shown::Omitting(answer, omitted) => (answer, Some(omitted)),
    };
    match answer.reason() {
        Some(reason) => writeln!(text, "{}: {reason}", answer.status())?,
        None => writeln!(text, "{}", answer.status())?,
    }
    for entry in answer.entries() {
        writeln!(text, "{}", line(&entry))?;
    }
    match omitted {
        Some(omitted) => writeln!(text, "({omitted} healthy omitted)"),
        None => Ok(()),
    }
}

/// Writes the private answer for a terminal: the same, with what is only private at the end of each line.
pub(crate) fn deep_text(report: &Report) -> String {
    let mut text = String::new();
    write_deep(&mut text, report).expect("a string takes everything");
    text
}

fn write_deep(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "{}", Heading::of(report).line())?;
    write!(text, "{}", OneLine(&report.service))?;
    if let Some(instance) = &report.instance {
        write!(text, " on {}", OneLine(instance))?;
    }
    if let Some(at) = report.at.and_then(utc) {
        write!(text, ", {at}")?;
    }
    writeln!(text)?;
    writeln!(
        text,
        "{}, {}, {}, up {} s",
        report.liveness,
        report.readiness,
        report.startup,
        report.uptime.as_secs()
    )?;
    if let Some(broken) = &report.broken {
        writeln!(text, "broken: {}", OneLine(broken))?;
    }
    let mut checks: Vec<_> = report.checks.iter().collect();
    checks.sort_by_key(|(_, check)| Grade::from(check.status) == Grade::Pass);
    for (name, check) in checks {
        writeln!(text, "{}", deep_line(name, check))?;
    }
    for (name, heartbeat) in &report.heartbeats {
        let (mark, age) = (mark(heartbeat.status.into()), heartbeat.age.as_millis());
        writeln!(
            text,
            "{mark}{name} {} (heartbeat, {age} ms ago)",
            judged(heartbeat.status.into(), heartbeat.reason)
        )?;
    }
    for (name, task) in &report.tasks {
        let error = task
            .error
            .as_deref()
            .map(|error| format!(": {}", OneLine(error)))
            .unwrap_or_default();
        let (mark, percent) = (mark(task.status.into()), percent(task.progress));
        writeln!(
            text,
            "{mark}{name} {} {percent}%{error}",
            task.status.as_str()
        )?;
    }
    Ok(())
}

fn line(entry: &Entry<'_>) -> String {
    let (mark, name) = (mark(entry.grade()), entry.name);
    match entry.what {
        What::Check(verdict) | What::Heartbeat(verdict) => {
            format!("{mark}{name} {}", judged(entry.grade(), verdict.reason))
        }
        What::Task(task) => format!(
            "{mark}{name} {} {}%",
            task.status.as_str(),
            percent(task.progress)
        ),
    }
}

fn deep_line(name: &str, check: &CheckReport) -> String {
    let (mark, judged) = (
        mark(check.status.into()),
        judged(check.status.into(), check.reason),
    );
    let latency = check
        .latency
        .map(|latency| format!(", {:.1} ms", millis(latency)))
        .unwrap_or_default();
    let error = check
        .error
        .as_deref()
        .map(|error| format!(": {}", OneLine(error)))
        .unwrap_or_default();
    format!("{mark}{name} {judged} ({}{latency}){error}", check.class)
}

fn mark(grade: Grade) -> &'static str {
    match grade {
        Grade::Pass => "[+]",
        Grade::Warn => "[!]",
        Grade::Fail => "[-]",
    }
}

fn judged(grade: Grade, reason: Option<Reason>) -> String {
    let word = match grade {
        Grade::Pass => "ok",
        Grade::Warn => "degraded",
        Grade::Fail => "failed",
    };
    reason.map_or(word.to_owned(), |reason| {
        format!("{word}: {}", reason.as_str())
    })
}
