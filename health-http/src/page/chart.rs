use std::fmt::{self, Display};
use std::time::Duration;

use health_core::{PastRun, Status};

use super::html::Html;
use crate::answer::tone::Tone;
use crate::format::times::Span;

/// The height of a run that took as long as it may, in units of the drawing.
const LIMIT: u16 = 16;
/// Where the bars of what passed stand; what did not goes deeper.
const GROUND: u16 = LIMIT + 2;
/// From one bar to the next.
const STEP: u16 = 4;
/// The room of several runs that are told as one.
const WIDE: u16 = 32;
/// The whole drawing, which ends with the newest run.
const WIDTH: u16 = 180;

/// Draws the last runs of a check as bars up to its timeout, oldest first. How each ended is told by its form as
/// well as by its colour, and several that ended alike are one wide bar with their number.
pub(super) fn write_chart(html: &mut Html, history: &[PastRun], timeout: Duration) {
    if history.is_empty() {
        return;
    }
    html.raw(r#"<svg viewBox="0 0 "#)
        .number(WIDTH)
        .raw(r#" 24" role="img" aria-label=""#)
        .value(Summary { history, timeout })
        .raw(r#""><path class="limit" d="M0 2H"#)
        .number(WIDTH)
        .raw(r#""/>"#);
    for tone in [Tone::Pass, Tone::Warn, Tone::Fail] {
        write_path(html, history, timeout, tone);
    }
    for (run, x) in places(history).filter(|(run, _)| run.count > 1) {
        html.raw(r#"<text x=""#)
            .number(x + WIDE / 2)
            .raw(r#"" y="14">×"#);
        match run.count {
            count @ ..1000 => html.number(count),
            count => html.number(count / 1000).raw("k"),
        };
        html.raw("</text>");
    }
    html.raw("</svg>");
}

/// Draws every run of one tone.
fn write_path(html: &mut Html, history: &[PastRun], timeout: Duration, tone: Tone) {
    let mut is_open = false;
    for (run, x) in places(history).filter(|(run, _)| Tone::from(run.status) == tone) {
        if !is_open {
            is_open = true;
            html.raw(r#"<path class=""#)
                .raw(tone.class())
                .raw(r#"" d=""#);
        }
        let (foot, top) = (foot(tone), GROUND - height(run, timeout));
        if run.count > 1 {
            // A frame, for the number.
            html.raw("M").number(x + 1).raw(" 3h30v15h-30z");
            html.raw("M").number(x + WIDE / 2).raw(" 18V").number(foot);
        } else {
            html.raw("M").number(x + 2).raw(" ").number(foot);
            html.raw("V").number(top);
            if tone == Tone::Fail && top == GROUND - LIMIT {
                // It was given up: it stands against the limit.
                html.raw("m-2 0h4");
            }
        }
    }
    if is_open {
        html.raw(r#""/>"#);
    }
}

/// The runs with the place of their left edge, the newest at the right end; what has no room is left out.
fn places(history: &[PastRun]) -> impl Iterator<Item = (&PastRun, u16)> {
    let mut left = WIDTH;
    let fits = history.iter().rev().take_while(move |run| {
        let room = left.checked_sub(width(run));
        left = room.unwrap_or(0);
        room.is_some()
    });
    let shown = fits.count();
    let shown = &history[history.len() - shown..];
    let mut x = WIDTH - shown.iter().map(width).sum::<u16>();
    shown.iter().map(move |run| {
        let place = x;
        x += width(run);
        (run, place)
    })
}

fn width(run: &PastRun) -> u16 {
    if run.count > 1 { WIDE } else { STEP }
}

/// How deep a bar goes: how a run ended is not told by colour alone.
fn foot(tone: Tone) -> u16 {
    match tone {
        Tone::Fail => 24,
        Tone::Warn => 21,
        Tone::Wait | Tone::Pass => GROUND,
    }
}

/// How high a run stands, at least so that it is seen.
fn height(run: &PastRun, timeout: Duration) -> u16 {
    let part = run.latency.as_secs_f32() / timeout.as_secs_f32();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is clamped to the drawing"
    )]
    let height = (part * f32::from(LIMIT))
        .clamp(1.0, f32::from(LIMIT))
        .round() as u16;
    height
}

/// What the drawing tells, in words: `12 passed, then 126 failed; slowest 500 ms of 500 ms`.
pub(super) struct Summary<'a> {
    pub(super) history: &'a [PastRun],
    pub(super) timeout: Duration,
}

/// So many turns are told, the newest.
const TURNS: usize = 3;

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turns = || self.history.chunk_by(|a, b| a.status == b.status);
        let left_out = turns().count().saturating_sub(TURNS);
        if left_out > 0 {
            f.write_str("…")?;
        }
        for (n, turn) in turns().skip(left_out).enumerate() {
            let count: u32 = turn.iter().map(|run| u32::from(run.count)).sum();
            let word = match turn[0].status {
                Status::Healthy => "passed",
                Status::Degraded => "degraded",
                _ => "failed",
            };
            let then = match (n, left_out) {
                (0, 0) => "",
                _ => ", then ",
            };
            write!(f, "{then}{count} {word}")?;
        }
        let slowest = self.history.iter().map(|run| run.latency).max();
        let slowest = Span(slowest.unwrap_or_default());
        write!(f, "; slowest {slowest} of {}", Span(self.timeout))
    }
}
