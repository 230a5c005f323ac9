//! What it costs to mask the text of an error.

use std::hint::black_box;
use std::time::{Duration, Instant};

use health_core::__simulation::redacted;

use crate::rows::Row;

const TIMES: u32 = 1_000;

/// 1 KiB of prose, 1 KiB that has the names of secrets, and 1 KiB that has a secret.
pub(crate) fn of_a_kib() -> Vec<Row> {
    let prose = "connection refused by upstream, tried 3 times; ";
    let names = "password authentication failed for user \"orders\"; ";
    let bounds = [
        ("prose", "2 us", 2),
        ("the names of secrets", "50 us", 50),
        ("a secret", "50 us", 50),
    ];
    let texts = [
        kib(prose),
        kib(names),
        kib(&format!(
            "cannot reach postgres://orders:hunter2@db; {}",
            prose.repeat(22)
        )),
    ];
    let rows = bounds
        .into_iter()
        .zip(texts)
        .map(|((kind, bound, micros), text)| {
            let (mask, copy) = times(&text);
            Row {
                what: format!("an error's text of 1 KiB with {kind} is masked"),
                ours: format!("{mask:.1?} of the thread that ran the check"),
                beside: format!("{copy:.1?} to copy it"),
                bound,
                holds: Some(mask <= Duration::from_micros(micros)),
            }
        });
    rows.collect()
}

fn kib(text: &str) -> String {
    text.repeat(1024 / text.len() + 1)[..1024].to_owned()
}

/// The time to mask a text, and the time to copy it: the middle of five, in turns.
fn times(text: &str) -> (Duration, Duration) {
    let (mut mask, mut copy) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        mask.push(time(|| drop(black_box(redacted(black_box(text))))));
        copy.push(time(|| drop(black_box(black_box(text).to_owned()))));
    }
    mask.sort();
    copy.sort();
    (mask[2], copy[2])
}

fn time(work: impl Fn()) -> Duration {
    let began = Instant::now();
    (0..TIMES).for_each(|_| work());
    began.elapsed() / TIMES
}
