use health_core::{Reason, Report, ServiceReason};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::times::{millis, rfc3339};
use crate::answer::Public;
use crate::answer::entry::{Entry, What, percent};
use crate::answer::exposure::Shown;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;

/// An answer in the words of `application/health+json` (draft-inadarei-api-health-check-06).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HealthJson<'a> {
    status: Grade,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Components::is_empty")]
    checks: Components<'a>,
}

/// By the component's name and what is measured of it. The draft has a list for each; ours hold one.
#[derive(Default)]
struct Components<'a>(Vec<(String, Component<'a>)>);

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "componentType")]
    kind: &'static str,
    #[serde(flatten)]
    observed: Option<Observed>,
    status: Grade,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
}

#[derive(Serialize)]
struct Observed {
    #[serde(rename = "observedValue")]
    value: f64,
    #[serde(rename = "observedUnit")]
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

impl<'a> HealthJson<'a> {
    pub(crate) fn public<T: Public>(shown: &'a Shown<'_, T>) -> HealthJson<'a> {
        let (answer, notes) = match shown {
            Shown::Status(answer) => return HealthJson::of(answer.grade(), None, Vec::new()),
            Shown::Whole(answer) => (&**answer, Vec::new()),
            Shown::Omitting(answer, omitted) => {
                let notes = vec![format!("{omitted} that pass are left out")];
                (answer, notes)
            }
        };
        HealthJson {
            notes,
            ..HealthJson::of(
                answer.grade(),
                answer.reason(),
                of_entries(&answer.entries()),
            )
        }
    }

    pub(crate) fn private(report: &'a Report) -> HealthJson<'a> {
        let heading = Heading::of(report);
        let instance = report.instance.as_ref();
        let notes = [
            instance.map(|instance| format!("instance: {instance}")),
            report.at.and_then(rfc3339).map(|at| format!("at: {at}")),
            Some(format!(
                "{}, {}, {}",
                report.liveness, report.readiness, report.startup
            )),
            report.broken.as_ref().map(|why| format!("broken: {why}")),
        ];
        HealthJson {
            release_id: report.version.as_deref(),
            service_id: Some(&report.service),
            notes: notes.into_iter().flatten().collect(),
            ..HealthJson::of(heading.grade, heading.reason, of_report(report))
        }
    }

    fn of(
        status: Grade,
        reason: Option<ServiceReason>,
        components: Vec<(String, Component<'a>)>,
    ) -> HealthJson<'a> {
        HealthJson {
            status,
            output: reason.map(ServiceReason::as_str),
            release_id: None,
            service_id: None,
            notes: Vec::new(),
            checks: Components(components),
        }
    }
}

fn of_entries<'a>(entries: &[Entry<'a>]) -> Vec<(String, Component<'a>)> {
    let component = |entry: &Entry<'a>| match entry.what {
        What::Check(verdict) => (
            entry.name.to_owned(),
            Component::of(entry.grade(), output(verdict.reason)),
        ),
        What::Heartbeat(verdict) => (
            format!("{}:heartbeat", entry.name),
            Component::of(entry.grade(), output(verdict.reason)),
        ),
        What::Task(task) => (
            format!("{}:progress", entry.name),
            Component::of(entry.grade(), None).percent(task.progress),
        ),
    };
    entries.iter().map(component).collect()
}

fn of_report(report: &Report) -> Vec<(String, Component<'_>)> {
    let checks = report.checks.iter().map(|(name, check)| {
        let error = check.error.as_deref().or(output(check.reason));
        let observed = check.latency.map(|latency| Observed {
            value: millis(latency),
            unit: "ms",
            time: check.last_run.and_then(rfc3339),
        });
        (
            format!("{name}:responseTime"),
            Component {
                observed,
                ..Component::of(check.status.into(), error)
            },
        )
    });
    let heartbeats = report.heartbeats.iter().map(|(name, heartbeat)| {
        (
            format!("{name}:heartbeat"),
            Component::of(heartbeat.status.into(), output(heartbeat.reason)),
        )
    });
    let tasks = report.tasks.iter().map(|(name, task)| {
        let component = Component::of(task.status.into(), task.error.as_deref());
        (format!("{name}:progress"), component.percent(task.progress))
    });
    let mut components: Vec<_> = checks.chain(heartbeats).chain(tasks).collect();
    components.sort_by_key(|(_, component)| component.status == Grade::Pass);
    components
}

fn output(reason: Option<Reason>) -> Option<&'static str> {
    reason.map(Reason::as_str)
}

impl<'a> Component<'a> {
    /// The draft leaves `output` out of what passes.
    fn of(status: Grade, output: Option<&'a str>) -> Component<'a> {
        let output = output.filter(|_| status != Grade::Pass);
        Component {
            kind: "component",
            observed: None,
            status,
            output,
        }
    }

    fn percent(self, progress: f64) -> Component<'a> {
        let observed = Observed {
            value: percent(progress),
            unit: "percent",
            time: None,
        };
        Component {
            observed: Some(observed),
            ..self
        }
    }
}

impl Components<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, component) in &self.0 {
            map.serialize_entry(name, &[component])?;
        }
        map.end()
    }
}
