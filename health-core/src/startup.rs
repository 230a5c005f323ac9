use serde::{Deserialize, Serialize, Serializer};

use crate::Class;
use crate::by_name::{Tasks, Verdicts};
use crate::service::Service;

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
