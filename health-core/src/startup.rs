use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::Class;
use crate::service::Service;
use crate::verdict::Verdicts;

/// Whether the service has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartupStatus {
    /// Everything that startup waits for is done. Never undone.
    Started,
    /// Something that startup waits for is not done.
    Starting,
}

impl StartupStatus {
    /// Returns the status as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            StartupStatus::Started => "started",
            StartupStatus::Starting => "starting",
        }
    }
}

/// The public answer to "has this process started?".
///
/// Serialises to the JSON of `/health/startup`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Startup {
    /// The answer.
    pub status: StartupStatus,
    /// The `startup`-class checks.
    pub checks: Verdicts,
    /// The startup tasks.
    pub tasks: Tasks,
}

/// Judges startup.
pub(crate) fn startup(service: &Service) -> Startup {
    let status = if service.started {
        StartupStatus::Started
    } else {
        StartupStatus::Starting
    };
    Startup {
        status,
        checks: service.verdicts(Class::Startup, None),
        tasks: service.tasks.clone(),
    }
}

impl Serialize for Startup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            status: StartupStatus,
            #[serde(skip_serializing_if = "Option::is_none")]
            checks: Option<&'a Verdicts>,
            #[serde(skip_serializing_if = "Option::is_none")]
            tasks: Option<&'a Tasks>,
        }
        let why = self.status == StartupStatus::Starting;
        Body {
            status: self.status,
            checks: why.then_some(&self.checks),
            tasks: why.then_some(&self.tasks),
        }
        .serialize(serializer)
    }
}

/// Startup tasks by name: what is not complete before what is, each by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tasks(Vec<(Arc<str>, Task)>);

/// How far a startup task is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Task {
    /// Whether it runs, failed or is complete.
    pub status: TaskStatus,
    /// How much of it is done, from 0.0 to 1.0, in whole percents.
    pub progress: f64,
}

/// Whether a startup task runs, failed or is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TaskStatus {
    /// It works on.
    Running,
    /// It failed, or was dropped before it was complete: startup cannot complete.
    Failed,
    /// It is done.
    Complete,
}

impl TaskStatus {
    /// Returns the status as it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaskStatus::Running => "running",
            TaskStatus::Failed => "failed",
            TaskStatus::Complete => "complete",
        }
    }
}

impl Tasks {
    /// Returns one task.
    pub fn get(&self, name: &str) -> Option<Task> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, task)| task)
    }

    /// Returns names and tasks in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Task)> {
        self.0.iter().map(|(name, task)| (&**name, *task))
    }

    /// Returns only those that are not complete.
    pub fn not_complete(&self) -> Tasks {
        Tasks(
            self.0
                .iter()
                .filter(|(_, task)| task.status != TaskStatus::Complete)
                .cloned()
                .collect(),
        )
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Arc<str>, Task)> for Tasks {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Task)>>(tasks: I) -> Tasks {
        let mut tasks: Vec<_> = tasks.into_iter().collect();
        let complete = |task: &Task| task.status == TaskStatus::Complete;
        tasks.sort_by(|(a, x), (b, y)| (complete(x), a).cmp(&(complete(y), b)));
        Tasks(tasks)
    }
}

impl Serialize for Tasks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, task) in self.iter() {
            map.serialize_entry(name, &task)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starting_shows_what_is_not_done() {
        let task = |status, progress| Task { status, progress };
        let tasks = [
            ("a", task(TaskStatus::Complete, 1.0)),
            ("catalog", task(TaskStatus::Running, 0.4)),
        ];
        let tasks = tasks
            .into_iter()
            .map(|(name, task)| (name.into(), task))
            .collect();
        let mut service = Service {
            tasks,
            ..Service::default()
        };
        let expected = r#"{"status":"starting","checks":{},"tasks":{"catalog":{"status":"running","progress":0.4},"a":{"status":"complete","progress":1.0}}}"#;
        assert_eq!(serde_json::to_string(&startup(&service)).unwrap(), expected);
        service.started = true;
        assert_eq!(
            serde_json::to_string(&startup(&service)).unwrap(),
            r#"{"status":"started"}"#
        );
    }
}
