use std::fmt::{self, Write as _};

use health_core::{LivenessStatus, Reason, Report};

use super::sentence::{last_seen, sentence};
use super::times::{Span, since, utc};
use super::visible::{OneLine, beginning};
use crate::answer::Public;
use crate::answer::entry::{Entry, What, percent};
use crate::answer::exposure::Shown;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;
use crate::answer::rows::{Consequence, Row, Subject, Words, rows};
use crate::answer::tone::Tone;

/// Writes a public answer for a terminal: what it is, then a line for each check, as Kubernetes' own
/// `?verbose` has it. What is no check says what it is before its name.
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

fn line(entry: &Entry<'_>) -> String {
    let (mark, name) = (mark(entry.grade()), entry.name);
    let judged = |reason| judged(entry.grade(), reason);
    match entry.what {
        What::Check(verdict) => format!("{mark}{name} {}", judged(verdict.reason)),
        What::Heartbeat(verdict) => format!("{mark}heartbeat/{name} {}", judged(verdict.reason)),
        What::Task(task) => format!(
            "{mark}task/{name} {} {}%",
            task.status.as_str(),
            percent(task.progress)
        ),
    }
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

/// Writes the private answer for a terminal: whose it is and how it is, why, and a line for each thing in columns;
/// what it failed with stands below its line.
pub(crate) fn deep_text(report: &Report) -> String {
    let mut text = String::new();
    write_deep(&mut text, report).expect("a string takes everything");
    text
}

fn write_deep(text: &mut String, report: &Report) -> fmt::Result {
    let rows = rows(report);
    writeln!(text, "{}", first_line(report))?;
    writeln!(text, "{}", OneLine(&sentence(report, &rows)))?;
    if !rows.is_empty() {
        writeln!(text)?;
    }
    let lines: Vec<_> = rows.iter().map(|row| cells(row, report)).collect();
    let widths = [0, 1, 2, 3, 4].map(|column| {
        let widths = lines.iter().map(|cells| cells[column].chars().count());
        widths.max().unwrap_or_default()
    });
    for (row, cells) in rows.iter().zip(&lines) {
        let columns = cells.iter().zip(widths).enumerate();
        let columns = columns.map(|(column, (cell, width))| match column {
            0..3 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = columns.collect::<Vec<_>>().join("  ");
        writeln!(text, "{} {}", mark_of(row), line.trim_end())?;
        if let Some(error) = error(row) {
            let (shown, missing) = beginning(error);
            for line in shown.lines() {
                writeln!(text, "      {}", OneLine(line))?;
            }
            if missing > 0 {
                writeln!(text, "      … and {missing} bytes more")?;
            }
        }
    }
    Ok(())
}

/// What stands in the columns: what it is, how it is and how often in a row, how long already, and the one figure
/// that tells most of it.
fn cells(row: &Row<'_>, report: &Report) -> [String; 5] {
    let word = match row.subject {
        Subject::Check(check) if check.consecutive_failures > 1 => {
            format!("{} ×{}", row.word(), check.consecutive_failures)
        }
        _ => row.word().to_string(),
    };
    let lasting = || since(row.since(), report.at).map(|span| span.to_string());
    let figure = match row.subject {
        Subject::Check(check) => check.latency.map(|latency| Span(latency).to_string()),
        Subject::Heartbeat(heartbeat) => Some(format!("{} ago", Span(heartbeat.age))),
        Subject::Task(task) => Some(format!("{} %", percent(task.progress))),
        Subject::Feature(_) => None,
    };
    [
        row.name.to_owned(),
        row.subject.class().to_owned(),
        word,
        plain(&last_seen(row).or_else(lasting).unwrap_or_default()),
        plain(&figure.unwrap_or_default()),
    ]
}

/// Whose it is, the worst of liveness and readiness, the others, and when.
fn first_line(report: &Report) -> String {
    let heading = Heading::of(report);
    let version = report.version.as_deref().unwrap_or_default();
    let instance = report
        .instance
        .as_deref()
        .map(|name| format!("on {}", OneLine(name)));
    let who = [
        OneLine(&report.service).to_string(),
        OneLine(version).to_string(),
        instance.unwrap_or_default(),
    ];
    let who: Vec<_> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let other = match report.liveness {
        LivenessStatus::Alive => report.liveness.as_str(),
        LivenessStatus::NotAlive => report.readiness.as_str(),
    };
    let parts = [
        Some(who.join(" ")),
        Some(heading.words().to_string()),
        Some(Words::of(other, None).to_string()),
        Some(report.startup.to_string()),
        Some(format!("up {}", Span(report.uptime))),
        report.at.and_then(utc),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    plain(&parts.join(" · "))
}

/// What takes the service out has another sign than what makes it worse.
fn mark_of(row: &Row<'_>) -> &'static str {
    match row.tone {
        _ if row.is_past => "[?]",
        Tone::Fail if row.consequence() == Some(Consequence::Worse) => "[!]",
        Tone::Fail => "[-]",
        Tone::Warn => "[!]",
        Tone::Wait => "[.]",
        Tone::Pass => "[+]",
    }
}

fn error<'a>(row: &Row<'a>) -> Option<&'a str> {
    match row.subject {
        Subject::Check(check) => check.error.as_deref(),
        Subject::Task(task) => task.error.as_deref(),
        Subject::Heartbeat(_) | Subject::Feature(_) => None,
    }
}

/// A terminal's columns, and who searches in them, want blanks that are blanks.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}
