use health_core::{PastRun, Status};

use crate::format::times::millis;

/// The last runs of a check as bars, oldest first; how each ended is told by form as well as by colour.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) bars: Vec<Bar>,
}

/// One run.
pub(crate) struct Bar {
    pub(crate) class: &'static str,
    pub(crate) x: usize,
    pub(crate) y: f64,
    pub(crate) height: f64,
    pub(crate) words: String,
}

/// How many runs there is room for.
const PLACES: usize = 30;

/// From one bar to the next.
const STEP: usize = 8;

/// The height of the slowest run.
const TALLEST: f64 = 36.0;

/// The height of the fastest, so that no run is unseen.
const SHORTEST: f64 = 2.0;

impl Chart {
    /// Draws the runs; `None` as long as there is none.
    pub(crate) fn of(history: &[PastRun]) -> Option<Chart> {
        let runs = &history[history.len().saturating_sub(PLACES)..];
        let slowest = millis(runs.iter().map(|run| run.latency).max()?);
        // The newest run is always at the right.
        let first = PLACES - runs.len();
        let bars = runs.iter().zip(first..).map(|(run, place)| {
            let latency = millis(run.latency);
            let height = (latency / slowest.max(f64::MIN_POSITIVE) * TALLEST)
                .clamp(SHORTEST, TALLEST)
                .round();
            Bar {
                class: class(run.status),
                x: place * STEP,
                y: TALLEST - height,
                height,
                words: format!("{}, {latency:.1} ms", word(run.status)),
            }
        });
        let bars = bars.collect();
        let ended = |status, word| {
            let count = runs.iter().filter(|run| run.status == status).count();
            (count > 0).then(|| format!("{count} {word}"))
        };
        let summary = [
            ended(Status::Unhealthy, "failed"),
            ended(Status::Degraded, "degraded"),
            Some(format!("slowest {slowest:.1}\u{a0}ms")),
        ];
        Some(Chart {
            title: match runs.len() {
                1 => "Latency of the only run".into(),
                count => format!("Latency of the last {count} runs, oldest first"),
            },
            summary: summary.into_iter().flatten().collect::<Vec<_>>().join(", "),
            bars,
        })
    }
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Healthy => "pass",
        Status::Degraded => "warn",
        _ => "fail",
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Healthy => "passed",
        Status::Degraded => "degraded",
        _ => "failed",
    }
}
