//! `cargo run --release -p bench`: every claim of speed, beside what limits it.
//!
//! `-- NAME ..` measures only the rows whose names contain one of these. No row decides a test:
//! ratios and shares of a processor are for people, on the machine that is printed with them.

mod adapters;
mod checks;
mod masking;
mod memory;
mod readers;
mod rows;
mod runs;
mod threads;
mod usage;

use std::alloc::System;

use cap::Cap;
use rows::Row;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// A measurement: its name, and what it comes to.
type Measurement = (&'static str, fn() -> Vec<Row>);

const MEASUREMENTS: [Measurement; 11] = [
    ("monitor, by checks", checks::by_number),
    ("a verdict that changes", checks::changing),
    ("a failing run, by its text", checks::by_text),
    ("masking", masking::of_a_kib),
    ("a thousand failures at once", checks::failing_at_once),
    ("a thousand deadlines at once", runs::deadlines),
    ("plain functions", threads::kept),
    ("a thousand plain functions start", threads::start),
    ("readers", readers::readers),
    ("memory", memory::per_check),
    ("adapters", adapters::adapters),
];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|part| name.contains(part));
    println!("{}\n", usage::machine());
    println!("{}", rows::HEAD);
    for (name, measure) in MEASUREMENTS {
        if is_asked(name) {
            for row in measure() {
                println!("{row}");
            }
        }
    }
}
