use std::time::Duration;

use health_core::{CheckReport, Class, HeartbeatReport, Reason, Report, Status, TaskReport};

use crate::entry::percent;
use crate::fact::{Fact, Facts, elapsed, millis, time};
use crate::grade::Grade;
use crate::visible::{OneLine, beginning};

/// What the page tells of one kind of thing.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// What the page tells of one check, feature, task or heartbeat.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) class: Option<Class>,
    pub(crate) description: Option<String>,
    pub(crate) percent: Option<f64>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) error: Option<String>,
    pub(crate) details: Option<String>,
}

/// How something is: in colour, in a sign, and in a word.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) class: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) word: String,
}

impl Row {
    pub(crate) fn is_healthy(&self) -> bool {
        self.state.class == "pass"
    }
}

impl State {
    pub(crate) fn of_service(report: &Report) -> State {
        let reason = report.reason.map(health_core::ServiceReason::as_str);
        State::of(report.status.into(), report.status.as_str(), reason)
    }

    fn of(grade: Grade, status: &str, reason: Option<&str>) -> State {
        let (class, mark) = match grade {
            Grade::Pass => ("pass", "✓"),
            Grade::Warn => ("warn", "!"),
            Grade::Fail => ("fail", "✕"),
        };
        let word = [Some(status), reason]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(": ")
            .replace('_', " ");
        State { class, mark, word }
    }

    fn held(status: Status, reason: Option<Reason>) -> State {
        let state = State::of(status.into(), status.as_str(), reason.map(Reason::as_str));
        match status {
            Status::Unknown => State {
                class: "wait",
                mark: "?",
                ..state
            },
            _ => state,
        }
    }
}

/// What the page tells of the whole service.
pub(crate) fn facts(report: &Report) -> Vec<Fact> {
    let mut facts = Facts::default();
    facts.some("liveness", Some(report.live.as_str().replace('_', " ")));
    facts.some("startup", Some(report.startup.as_str()));
    facts.some("broken", report.broken.as_deref().map(OneLine));
    facts.some("version", report.version.as_deref().map(OneLine));
    facts.some(
        "up",
        Some(time(Duration::from_secs_f64(report.uptime_seconds))),
    );
    facts.some(
        "runtime lag",
        report.runtime.lag_ms.map(|lag| format!("{lag:.1} ms")),
    );
    facts.some(
        "memory",
        report
            .process
            .rss_bytes
            .map(|bytes| format!("{} MiB", bytes >> 20)),
    );
    facts.some("threads", report.process.threads);
    facts.some("open files", report.process.open_fds);
    facts.list()
}

pub(crate) fn sections(report: &Report) -> Vec<Section> {
    let section = |title, rows: Vec<Row>| {
        let mut rows = rows;
        rows.sort_by_key(Row::is_healthy);
        Section { title, rows }
    };
    let features = report.features.iter().map(|(name, feature)| Row {
        name: name.to_string(),
        state: State::of(feature.status.into(), feature.status.as_str(), None),
        ..Row::default()
    });
    vec![
        section(
            "Checks",
            report
                .checks
                .iter()
                .map(|(name, check)| of_check(name, check))
                .collect(),
        ),
        section("Features", features.collect()),
        section(
            "Startup tasks",
            report
                .tasks
                .iter()
                .map(|(name, task)| of_task(name, task))
                .collect(),
        ),
        section(
            "Heartbeats",
            report
                .heartbeats
                .iter()
                .map(|(name, beat)| of_heartbeat(name, beat))
                .collect(),
        ),
    ]
}

fn of_check(name: &str, check: &CheckReport) -> Row {
    let mut facts = Facts::default();
    facts.some("for", check.since.as_deref().and_then(elapsed));
    facts.some("latency", check.latency_ms.map(|ms| format!("{ms:.1} ms")));
    facts.some(
        "last run",
        check.age_ms.map(|ms| format!("{} ago", millis(ms))),
    );
    facts.some("stuck for", check.stuck_for_ms.map(millis));
    let failures = format!(
        "{}, falls at {}",
        check.consecutive_failures, check.fail_after
    );
    facts.some(
        "failures in a row",
        (check.consecutive_failures > 0).then_some(failures),
    );
    facts.some(
        "needed by",
        (!check.needed_by.is_empty()).then(|| check.needed_by.join(", ")),
    );
    facts.some("every", check.interval_ms.map(millis));
    facts.some("retry", Some(millis(check.retry_ms)));
    facts.some("timeout", Some(millis(check.timeout_ms)));
    facts.some("declared at", Some(OneLine(&check.declared_at)));
    Row {
        name: OneLine(name).to_string(),
        state: State::held(check.status, check.reason),
        class: Some(check.class),
        description: check.description.as_deref().map(beginning),
        percent: None,
        facts: facts.list(),
        error: check.error.as_deref().map(beginning),
        details: (!check.details.is_null()).then(|| beginning(&format!("{:#}", check.details))),
    }
}

fn of_task(name: &str, task: &TaskReport) -> Row {
    Row {
        name: OneLine(name).to_string(),
        state: State::of(task.status.into(), task.status.as_str(), None),
        percent: Some(percent(task.progress)),
        error: task.error.as_deref().map(beginning),
        ..Row::default()
    }
}

fn of_heartbeat(name: &str, heartbeat: &HeartbeatReport) -> Row {
    let mut facts = Facts::default();
    facts.some(
        "last beat",
        Some(format!("{} ago", millis(heartbeat.age_ms))),
    );
    facts.some("longest gap allowed", Some(millis(heartbeat.max_gap_ms)));
    Row {
        name: OneLine(name).to_string(),
        state: State::held(heartbeat.status, heartbeat.reason),
        facts: facts.list(),
        ..Row::default()
    }
}
