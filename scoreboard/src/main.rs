//! `cargo run --release -p scoreboard`: runs named faults against this library, and against a handler of
//! the kind that people write by hand, and prints what came of it. With `--quick` less of each.
//!
//! Every fault runs in processes of its own, which are asked from here over loopback. Every figure is
//! measured in this run. The exit code says whether the library kept all its limits.

mod client;
mod contender;
mod fault;
mod faults;
mod gauge;
mod process;
mod service;
mod statistics;
mod table;

use std::env;
use std::process::ExitCode;

use contender::Contender;
use fault::{Fault, Scale};
use process::runtime;
use table::Row;
use tokio::task::{self, LocalSet};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure(Scale::Whole, ""),
        ["--quick"] => measure(Scale::Quick, ""),
        ["--only", fault] => measure(Scale::Whole, fault),
        ["--quick", "--only", fault] => measure(Scale::Quick, fault),
        ["serve", fault, contender, amount] => serve(fault, contender, amount),
        _ => {
            eprintln!("usage: scoreboard [--quick] [--only FAULT]");
            ExitCode::FAILURE
        }
    }
}

fn measure(scale: Scale, only: &str) -> ExitCode {
    process::allow_many_sockets();
    println!("{}\n", table::machine());
    println!("{}", table::HEAD);
    let wanted = faults::ALL.iter().filter(|fault| fault.name.contains(only));
    let (quiet, loud): (Vec<_>, Vec<_>) = wanted.partition(|fault| fault.quiet);
    let mut kept = true;
    let mut show = |rows: Vec<Row>| {
        for row in rows {
            println!("{row}");
            kept &= row.kept;
        }
    };
    runtime().block_on(LocalSet::new().run_until(async {
        for fault in loud {
            show((fault.measure)(scale).await);
        }
        let measure = |fault: &Fault| task::spawn_local((fault.measure)(scale));
        let measuring: Vec<_> = quiet.into_iter().map(measure).collect();
        for measured in measuring {
            show(measured.await.expect("what measures does not panic"));
        }
    }));
    if kept {
        ExitCode::SUCCESS
    } else {
        println!("\nNot every limit was kept.");
        ExitCode::FAILURE
    }
}

/// What a process that was started for one fault does.
fn serve(fault: &str, contender: &str, amount: &str) -> ExitCode {
    process::allow_many_sockets();
    let contender = match contender {
        "ours" => Contender::Ours,
        _ => Contender::Plain,
    };
    let fault = faults::ALL.iter().find(|known| known.name == fault);
    let (Some(fault), Ok(amount)) = (fault, amount.parse()) else {
        return ExitCode::FAILURE;
    };
    runtime().block_on((fault.serve)(contender, amount));
    ExitCode::SUCCESS
}
