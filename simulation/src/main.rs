//! The monitor under a simulated clock, with scripted runs, judged by a naive model of the rules.
//!
//! `cargo run --release -p simulation` runs some thousands of services, each made from a seed, and
//! compares after every event what the core answers and tells with what the model says. A seed that
//! fails is cut down to the shortest script that still fails, and printed.
//!
//! - `--seeds N`: as many seeds, from `--from S` on
//! - `--seed S`: one seed, with all that happens in it
//! - `--hours H`: each simulates so many hours instead of some minutes
//! - `faults`: plants faults in a copy of the core, one by one, and says which seed catches each;
//!   `--only WORDS` takes those whose name holds the words
//!
//! `--brief` only names a failing seed and its first difference.
//!
//! The model (`model/`) is written from the documented rules, and knows nothing of the core's code;
//! what holds whatever the rules are in detail is judged without it (`always.rs`).

#![allow(
    clippy::unchecked_time_subtraction,
    reason = "simulated instants are in order; where they are not, a panic is wanted"
)]

mod always;
mod answers;
mod door;
mod drive;
mod faults;
mod generate;
mod model;
mod read;
mod script;
mod shrink;
mod timeline;
mod world;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use drive::Tally;
use timeline::{Failure, Timeline};

/// Runs so many seeds when nothing else is said.
const SEEDS: u64 = 5_000;
/// How long a failing script is cut down.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    // A panic of the core is a failure of its seed and told there.
    std::panic::set_hook(Box::new(|_| {}));
    let passed = if arguments.faults {
        faults::run(arguments.seeds, arguments.from, arguments.only.as_deref())
    } else if let Some(seed) = arguments.seed {
        trace(seed, arguments.hours)
    } else {
        run(&arguments)
    };
    if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[derive(Debug)]
struct Arguments {
    faults: bool,
    seed: Option<u64>,
    seeds: u64,
    from: u64,
    hours: Option<f64>,
    only: Option<String>,
    /// Does not cut a failing seed down.
    brief: bool,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            faults: false,
            seed: None,
            seeds: SEEDS,
            from: 0,
            hours: None,
            only: None,
            brief: false,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "faults" => arguments.faults = true,
                "--brief" => arguments.brief = true,
                "--seed" => arguments.seed = Some(number(&word, words.next())?),
                "--seeds" => arguments.seeds = number(&word, words.next())?,
                "--from" => arguments.from = number(&word, words.next())?,
                "--hours" => arguments.hours = Some(number(&word, words.next())?),
                "--only" => arguments.only = words.next(),
                _ => {
                    return Err(format!(
                        "`{word}` is not known: write --seeds, --seed, --from, --hours, --brief, faults or --only"
                    ));
                }
            }
        }
        Ok(arguments)
    }
}

fn number<N: std::str::FromStr>(option: &str, word: Option<String>) -> Result<N, String> {
    word.and_then(|word| word.parse().ok())
        .ok_or_else(|| format!("`{option}` needs a number after it"))
}

/// Runs one seed and prints all that happens in it.
fn trace(seed: u64, hours: Option<f64>) -> bool {
    let script = generate::script(seed, hours);
    let mut timeline = Timeline::wanted();
    let outcome = drive::run(&script, &mut timeline);
    println!("{script}\n{timeline}");
    match outcome {
        Ok(tally) => println!("passed: {}", sum(1, &tally)),
        Err(failure) => {
            println!("{failure}");
            return false;
        }
    }
    true
}

/// What came of many seeds.
#[derive(Debug, Default)]
struct Found {
    seeds: u64,
    tally: Tally,
    failures: Vec<(u64, Failure)>,
}

/// Runs many seeds on all cores.
fn run(arguments: &Arguments) -> bool {
    let begun = Instant::now();
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from.saturating_add(arguments.seeds);
    let has_failed = AtomicBool::new(false);
    let found: Mutex<Found> = Mutex::default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !has_failed.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let script = generate::script(seed, arguments.hours);
                    let outcome = drive::run(&script, &mut Timeline::default());
                    let mut found = found.lock().expect("nothing panics while it is held");
                    found.seeds += 1;
                    match outcome {
                        Ok(tally) => found.tally.add(&tally),
                        Err(failure) => {
                            has_failed.store(true, Ordering::Relaxed);
                            found.failures.push((seed, failure));
                        }
                    }
                }
            });
        }
    });
    let Found {
        seeds,
        tally,
        mut failures,
    } = found.into_inner().expect("nothing panicked");
    failures.sort_by_key(|(seed, _)| *seed);
    let Some((seed, failure)) = failures.into_iter().next() else {
        println!(
            "{}, {:.1} s",
            sum(seeds, &tally),
            begun.elapsed().as_secs_f64()
        );
        return true;
    };
    println!("seed {seed} fails, {seeds} seeds were run\n{failure}");
    if !arguments.brief {
        tell(seed, failure, arguments.hours);
    }
    false
}

/// Prints the shortest script that fails like this seed.
fn tell(seed: u64, failure: Failure, hours: Option<f64>) {
    let script = generate::script(seed, hours);
    let (script, _) = shrink::shrink(script, failure, PATIENCE);
    let mut timeline = Timeline::wanted();
    let outcome = drive::run(&script, &mut timeline);
    println!("cut down:\n{script}\n{timeline}");
    if let Err(failure) = outcome {
        println!("{failure}");
    }
}

fn sum(seeds: u64, tally: &Tally) -> String {
    format!(
        "{seeds} seeds, {:.1} simulated hours, {} events, {} turns, {} runs, {} changes",
        tally.simulated.as_secs_f64() / 3600.0,
        tally.events,
        tally.turns,
        tally.runs,
        tally.changes
    )
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.simulated += other.simulated;
        self.events += other.events;
        self.turns += other.turns;
        self.runs += other.runs;
        self.changes += other.changes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_seeds_pass() {
        let arguments = ["--seeds", "200", "--brief"].map(str::to_owned).into_iter();
        let arguments = Arguments::read(arguments).expect("they are written above");
        assert!(run(&arguments), "see above");
    }

    #[test]
    fn whatever_can_be_told_is_told_in_some_seed() {
        let mut missing = vec![
            "is cancelled",
            "-> unhealthy (failed)",
            "-> unhealthy (timed_out)",
            "-> unhealthy (panicked)",
            "-> unhealthy (stuck)",
            "-> unhealthy (stale)",
            "-> degraded (reported)",
            "unhealthy (stale) -> healthy",
            "unhealthy (stale) -> unhealthy",
            "healthy -> unhealthy (overdue)",
            "unhealthy (overdue) -> healthy",
            "unhealthy (overdue) -> none",
            "-> running",
            "-> complete",
            "-> failed",
            "startup: started",
            "    stalled",
            "    recovered",
            "    draining",
            "-> not_alive (stalled)",
            "-> not_alive (broken)",
            "-> not_alive\n",
            "-> not_ready (draining)",
            "-> not_ready (broken)",
            "-> not_ready (stalled)",
            "-> not_ready (not_alive)",
            "-> not_ready (starting)",
            "-> not_ready\n",
            // Nobody tells that the monitor is silent: a reader notices.
            "\"reason\":\"stale\",\"status\":\"not_ready\"",
            "\"reason\":\"stale\",\"status\":\"not_alive\"",
        ];
        for seed in 0..400 {
            let mut timeline = Timeline::wanted();
            let _ = drive::run(&generate::script(seed, None), &mut timeline);
            let text = timeline.to_string();
            missing.retain(|words| !text.contains(words));
            if missing.is_empty() {
                return;
            }
        }
        panic!("never seen: {missing:?}");
    }

    #[test]
    fn a_seed_always_does_the_same() {
        for seed in 0..20 {
            let script = generate::script(seed, None);
            let tell = || {
                let mut timeline = Timeline::wanted();
                let passed = drive::run(&script, &mut timeline).is_ok();
                (passed, timeline.to_string())
            };
            assert!(tell() == tell(), "seed {seed}");
        }
    }
}
