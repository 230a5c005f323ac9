use std::time::Duration;

/// A name and a value.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// Facts as far as they are known.
#[derive(Default)]
pub(crate) struct Facts(Vec<Fact>);

impl Facts {
    pub(crate) fn some(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| Fact {
            name,
            value: value.to_string(),
        }));
    }

    pub(crate) fn list(self) -> Vec<Fact> {
        self.0
    }
}

/// How long ago a time is; only for display, since clocks can be set.
pub(crate) fn elapsed(since: &str) -> Option<String> {
    humantime::parse_rfc3339(since)
        .ok()?
        .elapsed()
        .ok()
        .map(time)
}

pub(crate) fn millis(ms: u64) -> String {
    time(Duration::from_millis(ms))
}

/// As exact as a reader needs it: milliseconds below a second, else seconds.
pub(crate) fn time(time: Duration) -> String {
    let exact = if time < Duration::from_secs(10) {
        1
    } else {
        1000
    };
    let rounded = time.as_millis() / exact * exact;
    let rounded = Duration::from_millis(u64::try_from(rounded).unwrap_or(u64::MAX));
    humantime::format_duration(rounded).to_string()
}
