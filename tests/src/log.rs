use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// A log that a test reads, and that can do something with each line besides.
#[derive(Clone, Default)]
pub struct Log {
    lines: Arc<Mutex<Vec<Line>>>,
    and: Option<And>,
}

type And = Arc<dyn Fn(&Line) + Send + Sync>;

/// One event.
#[derive(Clone, Debug)]
pub struct Line {
    /// How loud it is.
    pub level: Level,
    /// The news.
    pub message: String,
    /// All else that it says.
    pub fields: BTreeMap<&'static str, String>,
}

impl Log {
    /// Makes a log that does something with each line after it was taken down.
    pub fn and(and: impl Fn(&Line) + Send + Sync + 'static) -> Log {
        Log {
            and: Some(Arc::new(and)),
            ..Log::default()
        }
    }

    /// For `with_default`.
    pub fn dispatch(&self) -> Dispatch {
        Dispatch::new(self.clone())
    }

    /// All lines up to now.
    pub fn lines(&self) -> Vec<Line> {
        let lines = self.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many lines say this.
    pub fn count(&self, message: &str) -> usize {
        let lines = self.lines();
        lines.iter().filter(|line| line.message == message).count()
    }

    /// The one line that says this.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    pub fn one(&self, message: &str) -> Line {
        let lines = self.lines();
        let mut saying = lines.iter().filter(|line| line.message == message);
        match (saying.next(), saying.next()) {
            (Some(line), None) => line.clone(),
            (None, _) => panic!("nothing says `{message}`: {lines:#?}"),
            _ => panic!("more than one says `{message}`: {lines:#?}"),
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("health") && metadata.is_event()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut said = Said(BTreeMap::new());
        event.record(&mut said);
        let line = Line {
            level: *event.metadata().level(),
            message: said.0.remove("message").unwrap_or_default(),
            fields: said.0,
        };
        let lines = self.lines.lock();
        lines
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.clone());
        if let Some(and) = &self.and {
            and(&line);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Said(BTreeMap<&'static str, String>);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().fmt(f)
    }
}
