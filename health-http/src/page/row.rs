use std::time::SystemTime;

use health_core::{
    CheckReport, Class, Feature, HeartbeatReport, Reason, Report, ServiceReason, StartupStatus,
    Status, TaskReport,
};

use super::chart::Chart;
use super::fact::{Fact, Facts};
use crate::answer::entry::percent;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;
use crate::format::times::{millis, span, utc};
use crate::format::visible::{OneLine, beginning};

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
    /// How long it has been so.
    pub(crate) lasting: Option<String>,
    pub(crate) class: Option<Class>,
    pub(crate) description: Option<String>,
    pub(crate) percent: Option<f64>,
    pub(crate) chart: Option<Chart>,
    pub(crate) facts: Vec<Fact>,
    /// What was declared, and does not change.
    pub(crate) settings: Vec<Fact>,
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

    /// What is worse comes first.
    fn place(&self) -> Option<usize> {
        let classes = ["fail", "warn", "wait", "pass"];
        classes.iter().position(|class| *class == self.state.class)
    }
}

impl State {
    pub(crate) fn of_service(report: &Report) -> State {
        let heading = Heading::of(report);
        let reason = heading.reason.map(ServiceReason::as_str);
        State::of(heading.grade, heading.status, reason)
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
            .join(": ");
        State {
            class,
            mark,
            word: spaced(&word),
        }
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

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

/// What the page tells of the whole service.
pub(crate) fn facts(report: &Report) -> Vec<Fact> {
    let mut facts = Facts::default();
    facts.some("service", Some(OneLine(&report.service)));
    facts.some("instance", report.instance.as_deref().map(OneLine));
    facts.some("at", report.at.and_then(utc));
    facts.some("liveness", Some(spaced(report.liveness.as_str())));
    facts.some("readiness", Some(spaced(report.readiness.as_str())));
    facts.some("startup", Some(report.startup));
    facts.some("broken", report.broken.as_deref().map(OneLine));
    facts.some("version", report.version.as_deref().map(OneLine));
    facts.some("up", Some(span(report.uptime)));
    let silent = report.monitor.age.map(span);
    facts.some(
        "monitor",
        silent
            .filter(|_| report.reason == Some(ServiceReason::Stale))
            .map(|age| format!("has not moved for {age}")),
    );
    facts.some(
        "runtime lag",
        report
            .runtime
            .lag
            .map(|lag| format!("{:.1} ms", millis(lag))),
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

/// Every kind of thing; what startup waits for stands first as long as it waits.
pub(crate) fn sections(report: &Report) -> Vec<Section> {
    let checks = report.checks.iter();
    let features = report.features.iter().map(|(name, feature)| Row {
        name: OneLine(name).to_string(),
        state: State::of(
            feature.status.into(),
            feature.status.as_str(),
            feature.reason.map(ServiceReason::as_str),
        ),
        ..Row::default()
    });
    let tasks = report.tasks.iter();
    let heartbeats = report.heartbeats.iter();
    let mut sections = [
        section(
            "Startup tasks",
            tasks.map(|(name, task)| of_task(name, task)),
        ),
        section(
            "Checks",
            checks.map(|(name, check)| of_check(name, check, report.at)),
        ),
        section("Features", features),
        section(
            "Heartbeats",
            heartbeats.map(|(name, beat)| of_heartbeat(name, beat)),
        ),
    ];
    if report.startup == StartupStatus::Started {
        sections.rotate_left(1);
    }
    sections.into()
}

fn section(title: &'static str, rows: impl Iterator<Item = Row>) -> Section {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(Row::place);
    Section { title, rows }
}

fn of_check(name: &str, check: &CheckReport, at: Option<SystemTime>) -> Row {
    let mut facts = Facts::default();
    facts.some(
        "latency",
        check
            .latency
            .map(|latency| format!("{:.1} ms", millis(latency))),
    );
    facts.some(
        "last run",
        check.age.map(|age| format!("{} ago", span(age))),
    );
    facts.some("stuck for", check.stuck_for.map(span));
    facts.some(
        "failures in a row",
        Some(match check.class {
            Class::Startup => check.consecutive_failures.to_string(),
            _ => format!(
                "{}, falls at {}",
                check.consecutive_failures, check.fail_after
            ),
        }),
    );
    facts.some(
        "needed by",
        (!check.needed_by.is_empty()).then(|| names(&check.needed_by)),
    );
    let mut settings = Facts::default();
    settings.some("every", check.interval.map(span));
    settings.some("retry", Some(span(check.retry)));
    settings.some("timeout", Some(span(check.timeout)));
    settings.some(
        "rises after",
        (check.class != Class::Startup).then(|| passes(check.pass_after)),
    );
    settings.some("declared at", Some(OneLine(&check.declared_at)));
    Row {
        name: OneLine(name).to_string(),
        state: State::held(check.status, check.reason),
        lasting: check.since.zip(at).and_then(|(since, at)| {
            // Only for display: clocks can be set.
            at.duration_since(since).ok().map(span)
        }),
        class: Some(check.class),
        description: check.description.as_deref().map(beginning),
        percent: None,
        chart: Chart::of(&check.history),
        facts: facts.list(),
        settings: settings.list(),
        error: check.error.as_deref().map(beginning),
        details: (!check.details.is_null()).then(|| beginning(&format!("{:#}", check.details))),
    }
}

fn names(features: &[Feature]) -> String {
    let names: Vec<_> = features.iter().map(Feature::name).collect();
    names.join(", ")
}

fn passes(count: u32) -> String {
    match count {
        1 => "1 pass".into(),
        _ => format!("{count} passes"),
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
    facts.some("last beat", Some(format!("{} ago", span(heartbeat.age))));
    facts.some("longest gap allowed", Some(span(heartbeat.max_gap)));
    Row {
        name: OneLine(name).to_string(),
        state: State::held(heartbeat.status, heartbeat.reason),
        facts: facts.list(),
        ..Row::default()
    }
}
