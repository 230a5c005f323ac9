use serde::{Deserialize, Serialize, Serializer};

use super::facts::{Facts, Seen};
use super::task::Tasks;
use super::verdict::Verdicts;
use crate::declare::class::Class;
use crate::words::words;

words! {
    /// Whether the service has started.
    pub enum StartupStatus {
        /// Everything that startup waits for is done. Never undone.
        Started = "started",
        /// Something that startup waits for is not done.
        Starting = "starting",
    }
}

/// The public answer to "has this process started?".
///
/// Serialises to the JSON of `/health/startup`, and can be read from it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Startup {
    /// The answer.
    pub status: StartupStatus,
    /// The `startup`-class checks. In JSON only while the service starts.
    #[serde(default)]
    pub checks: Verdicts,
    /// The startup tasks. In JSON only while the service starts.
    #[serde(default)]
    pub tasks: Tasks,
}

/// Judges startup.
pub(crate) fn judge(facts: &Facts) -> StartupStatus {
    if facts.started {
        StartupStatus::Started
    } else {
        StartupStatus::Starting
    }
}

impl Startup {
    /// The answer in full.
    pub(crate) fn new(facts: &Facts, seen: Seen, status: StartupStatus) -> Startup {
        Startup {
            status,
            checks: facts.named(Class::Startup, seen, |_| true),
            tasks: facts.tasks.iter().cloned().collect(),
        }
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
        let is_shown = self.status == StartupStatus::Starting;
        Body {
            status: self.status,
            checks: is_shown.then_some(&self.checks),
            tasks: is_shown.then_some(&self.tasks),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::facts::tests::facts;
    use crate::judge::task::{Task, TaskStatus};

    #[test]
    fn starting_shows_what_is_not_done() {
        let mut facts = facts(&[]);
        facts.started = false;
        facts.tasks = [
            ("a".into(), Task::new(TaskStatus::Complete, 1.0)),
            ("catalog".into(), Task::new(TaskStatus::Running, 0.4)),
        ]
        .into();
        let answer = |facts: &Facts| Startup::new(facts, Seen::default(), judge(facts));
        let starting = answer(&facts);
        let json = serde_json::to_string(&starting).unwrap();
        assert_eq!(
            json,
            r#"{"status":"starting","checks":{},"tasks":{"catalog":{"status":"running","progress":0.4},"a":{"status":"complete","progress":1.0}}}"#
        );
        assert_eq!(serde_json::from_str::<Startup>(&json).unwrap(), starting);
        assert_eq!(starting.tasks.unfinished().len(), 1);
        facts.started = true;
        let json = serde_json::to_string(&answer(&facts)).unwrap();
        assert_eq!(json, r#"{"status":"started"}"#);
    }
}
