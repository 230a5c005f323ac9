use std::ops::Index;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::verdict::InOrder;
use crate::words::words;

words! {
    /// How a startup task stands.
    #[non_exhaustive]
    pub enum TaskStatus {
        /// It works on.
        Running = "running",
        /// It failed, or was dropped before it was complete: startup cannot complete.
        Failed = "failed",
        /// It is done.
        Complete = "complete",
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

impl Task {
    pub(crate) fn new(status: TaskStatus, progress: f64) -> Task {
        Task { status, progress }
    }

    fn is_complete(self) -> bool {
        self.status == TaskStatus::Complete
    }
}

/// Startup tasks by name: what is not complete before what is, each by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tasks(Vec<(Arc<str>, Task)>);

impl Tasks {
    /// Returns the task of one name.
    pub fn get(&self, name: &str) -> Option<Task> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, task)| task)
    }

    /// Returns names and tasks in their order.
    pub fn iter(&self) -> TasksIter<'_> {
        TasksIter(self.0.iter())
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns only what is not complete.
    #[must_use]
    pub fn unfinished(&self) -> Tasks {
        let unfinished = self.0.iter().filter(|(_, task)| !task.is_complete());
        Tasks(unfinished.cloned().collect())
    }
}

impl Index<&str> for Tasks {
    type Output = Task;

    /// # Panics
    ///
    /// When there is none of this name.
    fn index(&self, name: &str) -> &Task {
        let found = self.0.iter().find(|(known, _)| &**known == name);
        &found.unwrap_or_else(|| panic!("there is no `{name}`")).1
    }
}

impl FromIterator<(Arc<str>, Task)> for Tasks {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Task)>>(tasks: I) -> Tasks {
        let mut tasks: Vec<_> = tasks.into_iter().collect();
        tasks.sort_by(|(a, x), (b, y)| (x.is_complete(), a).cmp(&(y.is_complete(), b)));
        Tasks(tasks)
    }
}

impl<'a> IntoIterator for &'a Tasks {
    type Item = (&'a str, Task);
    type IntoIter = TasksIter<'a>;

    fn into_iter(self) -> TasksIter<'a> {
        self.iter()
    }
}

/// The iterator over [`Tasks`].
#[derive(Clone, Debug)]
pub struct TasksIter<'a>(std::slice::Iter<'a, (Arc<str>, Task)>);

impl<'a> Iterator for TasksIter<'a> {
    type Item = (&'a str, Task);

    fn next(&mut self) -> Option<(&'a str, Task)> {
        self.0.next().map(|(name, task)| (&**name, *task))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for TasksIter<'_> {}

impl Serialize for Tasks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for Tasks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tasks, D::Error> {
        deserializer
            .deserialize_map(InOrder::new("startup tasks by name"))
            .map(Tasks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: Task = Task {
        status: TaskStatus::Running,
        progress: 0.4,
    };
    const COMPLETE: Task = Task {
        status: TaskStatus::Complete,
        progress: 1.0,
    };

    fn tasks() -> Tasks {
        let named = [
            ("a", COMPLETE),
            ("d", RUNNING),
            ("b", COMPLETE),
            ("c", RUNNING),
        ];
        named
            .map(|(name, task)| (name.into(), task))
            .into_iter()
            .collect()
    }

    #[test]
    fn what_is_not_complete_comes_first_and_each_by_name() {
        let tasks = tasks();
        let ordered = [
            ("c", RUNNING),
            ("d", RUNNING),
            ("a", COMPLETE),
            ("b", COMPLETE),
        ];
        assert_eq!(tasks.iter().collect::<Vec<_>>(), ordered);
        let json = serde_json::to_string(&tasks).unwrap();
        assert!(
            json.starts_with(r#"{"c":{"status":"running","progress":0.4},"d""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Tasks>(&json).unwrap(), tasks);
        let error = serde_json::from_str::<Tasks>("[]").unwrap_err();
        assert!(
            error.to_string().contains("startup tasks by name"),
            "{error}"
        );
    }

    #[test]
    fn tasks_are_found_counted_and_walked_through() {
        let tasks = tasks();
        assert_eq!((tasks.get("b"), tasks.get("e")), (Some(COMPLETE), None));
        assert_eq!((tasks["b"], tasks["c"]), (COMPLETE, RUNNING));
        assert_eq!((tasks.len(), tasks.is_empty()), (4, false));
        let mut walk = (&tasks).into_iter();
        assert_eq!(walk.next(), Some(("c", RUNNING)));
        assert_eq!(walk.len(), 3);
        let unfinished: Vec<_> = tasks
            .unfinished()
            .iter()
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(unfinished, ["c", "d"]);
        let none = Tasks::default();
        assert_eq!(
            (none.len(), none.is_empty(), none.get("a")),
            (0, true, None)
        );
    }
}
