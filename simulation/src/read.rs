//! The core's answers and changes in the words of [`answers`](crate::answers), and a service made of a script.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::answers::{
    Answers, ByName, Change, Class, Liveness, Readiness, Ready, Reason, ServiceReason, Startup,
    Status, Task, TaskStatus, Verdict, alive_word, started_word,
};
use crate::door::{self, Builder, ChangeKind, Feature, Health, Simulated, StartError, StartupTask};
use crate::script::{self, CHECKS, FEATURES, HEARTBEATS, TASKS};
use crate::world::World;

const CHECKOUT: Feature = Feature::new("checkout");
const BROWSE: Feature = Feature::new("browse");
const REPORTS: Feature = Feature::new("reports");

/// Returns the feature of a name in [`FEATURES`].
pub(crate) fn feature(name: &str) -> Feature {
    match name {
        "checkout" => CHECKOUT,
        "browse" => BROWSE,
        _ => REPORTS,
    }
}

/// Starts the service of a script.
pub(crate) fn start(
    service: &script::Service,
    world: Arc<World>,
) -> Result<(Simulated, Vec<StartupTask>), StartError> {
    let mut builder = Health::builder()
        .allow_empty()
        .stall_limit(service.stall_limit);
    let tasks = TASKS[..service.tasks]
        .iter()
        .map(|task| builder.startup_task(task))
        .collect();
    let builder = service
        .checks
        .iter()
        .fold(builder, |builder: Builder, check| {
            builder.check(declare(check))
        });
    let simulated = Simulated::start(builder, world, service.threads)?;
    Ok((simulated, tasks))
}

/// Its function is never called: the world decides what a run does. All checks are declared at the place
/// that calls this, so that they stay in the order of the script.
#[track_caller]
fn declare(check: &script::Check) -> door::Check {
    let name = check.name;
    let passes = || async { Ok::<(), std::fmt::Error>(()) };
    let blocks = || Ok::<(), std::fmt::Error>(());
    let mut declared = match (check.class, check.is_plain) {
        (Class::Critical, false) => door::Check::critical(name, passes),
        (Class::Critical, true) => door::Check::critical_blocking(name, blocks),
        (Class::Degraded, false) => door::Check::degraded(name, passes),
        (Class::Degraded, true) => door::Check::degraded_blocking(name, blocks),
        (Class::Startup, false) => door::Check::startup(name, passes),
        (Class::Startup, true) => door::Check::startup_blocking(name, blocks),
        (Class::Liveness, _) => door::Check::liveness(name, blocks),
    };
    if let Some(timeout) = check.timeout {
        declared = declared.timeout(timeout);
    }
    if let Some(interval) = check.interval {
        declared = declared.interval(interval);
    }
    if let Some(retry) = check.retry {
        declared = declared.retry(retry);
    }
    if let Some(runs) = check.fail_after {
        declared = declared.fail_after(runs);
    }
    if let Some(runs) = check.pass_after {
        declared = declared.pass_after(runs);
    }
    if check.needed_by.is_empty() {
        return declared;
    }
    declared.needed_by(check.needed_by.iter().map(|name| feature(name)))
}

/// Asks every probe.
pub(crate) fn answers(health: &Health, features: &[&'static str]) -> Answers {
    Answers {
        liveness: liveness(&health.liveness()),
        readiness: readiness(&health.readiness()),
        startup: startup(&health.startup()),
        features: features
            .iter()
            .map(|name| (*name, readiness(&health.readiness_of(feature(name)))))
            .collect(),
    }
}

fn liveness(liveness: &door::Liveness) -> Liveness {
    Liveness {
        alive: liveness.status == door::LivenessStatus::Alive,
        reason: liveness.reason.map(service_reason),
        checks: verdicts(liveness.checks.iter()),
        heartbeats: verdicts(liveness.heartbeats.iter()),
    }
}

fn readiness(readiness: &door::Readiness) -> Readiness {
    Readiness {
        status: ready(readiness.status),
        reason: readiness.reason.map(service_reason),
        critical: verdicts(readiness.critical.iter()),
        degraded: verdicts(readiness.degraded.iter()),
    }
}

fn startup(startup: &door::Startup) -> Startup {
    let mut tasks: ByName<Task> = startup
        .tasks
        .iter()
        .map(|(name, value)| (intern(name), task(value)))
        .collect();
    tasks.sort_unstable_by_key(|(name, _)| *name);
    Startup {
        started: startup.status == door::StartupStatus::Started,
        checks: verdicts(startup.checks.iter()),
        tasks,
    }
}

fn verdicts<'a>(named: impl Iterator<Item = (&'a str, door::Verdict)>) -> ByName<Verdict> {
    let mut verdicts: ByName<Verdict> = named
        .map(|(name, value)| (intern(name), verdict(value)))
        .collect();
    verdicts.sort_unstable_by_key(|(name, _)| *name);
    verdicts
}

pub(crate) fn change(change: &door::Change) -> Change {
    match &change.kind {
        ChangeKind::Check {
            name,
            class: of,
            from,
            to,
            ..
        } => Change::Check {
            name: intern(name),
            class: class(*of),
            from: verdict(*from),
            to: verdict(*to),
        },
        ChangeKind::Heartbeat { name, from, to, .. } => Change::Heartbeat {
            name: intern(name),
            from: from.map(verdict),
            to: to.map(verdict),
        },
        ChangeKind::Task { name, from, to, .. } => Change::Task {
            name: intern(name),
            from: task(*from),
            to: task(*to),
        },
        ChangeKind::Feature {
            feature,
            from,
            to,
            reason,
            ..
        } => Change::Feature {
            name: intern(feature.name()),
            from: ready(*from),
            to: ready(*to),
            reason: reason.map(service_reason),
        },
        ChangeKind::Liveness {
            from, to, reason, ..
        } => Change::Liveness {
            from: *from == door::LivenessStatus::Alive,
            to: *to == door::LivenessStatus::Alive,
            reason: reason.map(service_reason),
        },
        ChangeKind::Readiness {
            from, to, reason, ..
        } => Change::Readiness {
            from: ready(*from),
            to: ready(*to),
            reason: reason.map(service_reason),
        },
        ChangeKind::Startup { to, .. } => Change::Startup {
            started: *to == door::StartupStatus::Started,
        },
        ChangeKind::Draining => Change::Draining,
        ChangeKind::Stalled => Change::Stalled,
        ChangeKind::Recovered => Change::Recovered,
        other => unreachable!("no rule speaks of {other:?}"),
    }
}

/// Returns the script's own text of a name, or a text that is none of them.
pub(crate) fn intern(name: &str) -> &'static str {
    let mut names = CHECKS
        .iter()
        .chain(&FEATURES)
        .chain(&HEARTBEATS)
        .chain(&TASKS);
    names
        .find(|known| **known == name)
        .copied()
        .unwrap_or("a name that nobody gave")
}

fn verdict(verdict: door::Verdict) -> Verdict {
    Verdict {
        status: match verdict.status {
            door::Status::Healthy => Status::Healthy,
            door::Status::Degraded => Status::Degraded,
            door::Status::Unhealthy => Status::Unhealthy,
            door::Status::Unknown => Status::Unknown,
            other => unreachable!("no rule speaks of {other:?}"),
        },
        reason: verdict.reason.map(|reason| match reason {
            door::Reason::Failed => Reason::Failed,
            door::Reason::TimedOut => Reason::TimedOut,
            door::Reason::Panicked => Reason::Panicked,
            door::Reason::Stuck => Reason::Stuck,
            door::Reason::Stale => Reason::Stale,
            door::Reason::Pending => Reason::Pending,
            door::Reason::Reported => Reason::Reported,
            door::Reason::Overdue => Reason::Overdue,
            other => unreachable!("no rule speaks of {other:?}"),
        }),
    }
}

fn service_reason(reason: door::ServiceReason) -> ServiceReason {
    match reason {
        door::ServiceReason::Draining => ServiceReason::Draining,
        door::ServiceReason::Broken => ServiceReason::Broken,
        door::ServiceReason::Stalled => ServiceReason::Stalled,
        door::ServiceReason::Stale => ServiceReason::Stale,
        door::ServiceReason::NotAlive => ServiceReason::NotAlive,
        door::ServiceReason::Starting => ServiceReason::Starting,
        other => unreachable!("no rule speaks of {other:?}"),
    }
}

fn ready(status: door::ReadinessStatus) -> Ready {
    match status {
        door::ReadinessStatus::Ready => Ready::Ready,
        door::ReadinessStatus::Degraded => Ready::Degraded,
        door::ReadinessStatus::NotReady => Ready::NotReady,
    }
}

fn task(task: door::Task) -> Task {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 100"
    )]
    let percent = (task.progress * 100.0).round() as u8;
    Task {
        status: match task.status {
            door::TaskStatus::Running => TaskStatus::Running,
            door::TaskStatus::Complete => TaskStatus::Complete,
            door::TaskStatus::Failed => TaskStatus::Failed,
            other => unreachable!("no rule speaks of {other:?}"),
        },
        percent,
    }
}

fn class(class: door::Class) -> Class {
    match class {
        door::Class::Critical => Class::Critical,
        door::Class::Degraded => Class::Degraded,
        door::Class::Startup => Class::Startup,
        door::Class::Liveness => Class::Liveness,
    }
}

/// Returns what the core's answers look like in JSON.
pub(crate) fn words(health: &Health, features: &[&'static str]) -> Value {
    let features = features.iter().map(|name| {
        let mut json = to_json(serde_json::to_value(&*health.readiness_of(feature(name))));
        let named = json.as_object_mut().and_then(|json| json.remove("feature"));
        assert_eq!(
            named.as_ref().and_then(Value::as_str),
            Some(*name),
            "its name"
        );
        ((*name).to_owned(), json)
    });
    json!({
        "liveness": to_json(serde_json::to_value(&*health.liveness())),
        "readiness": to_json(serde_json::to_value(&*health.readiness())),
        "startup": to_json(serde_json::to_value(&*health.startup())),
        "features": features.collect::<Map<_, _>>(),
    })
}

/// Returns what the private report says of the answers.
pub(crate) fn report(health: &Health) -> Value {
    let report = to_json(serde_json::to_value(health.deep()));
    let mut head: Map<_, _> = ["status", "reason", "live", "ready", "startup"]
        .into_iter()
        .map(|key| (key.to_owned(), report[key].clone()))
        .collect();
    let checks = report["checks"].as_object().into_iter().flatten();
    let verdicts = checks.map(|(name, check)| {
        let verdict = json!({"status": check["status"], "reason": check["reason"]});
        (name.clone(), verdict)
    });
    head.insert("checks".into(), verdicts.collect::<Map<_, _>>().into());
    Value::Object(head)
}

/// Returns what the private report must say.
pub(crate) fn expected_report(answers: &Answers) -> Value {
    let Answers {
        liveness,
        readiness,
        startup,
        ..
    } = answers;
    let verdicts = [
        &liveness.checks,
        &readiness.critical,
        &readiness.degraded,
        &startup.checks,
    ];
    let verdicts = verdicts.into_iter().flatten().map(|(name, verdict)| {
        let reason = verdict.reason.map(Reason::word);
        let verdict = json!({"status": verdict.status.word(), "reason": reason});
        ((*name).to_owned(), verdict)
    });
    json!({
        "status": readiness.status.word(),
        "reason": readiness.reason.map(ServiceReason::word),
        "live": alive_word(liveness.alive),
        "ready": readiness.status.word(),
        "startup": started_word(startup.started),
        "checks": verdicts.collect::<Map<_, _>>(),
    })
}

fn to_json(json: serde_json::Result<Value>) -> Value {
    json.expect("an answer is texts, numbers and maps of them")
}
