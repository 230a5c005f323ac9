//! `cargo run --release -p annotation-cost`: what annotating costs, as a table.
//!
//! It generates programs of the same functions: not annotated, annotated, and, as the floor of what
//! a registry can cost, not annotated and each called once through a pointer that boxes its future.
//! It has cargo check and build them, cold (only the program itself is new) and again after one
//! function changed. The rounds of all programs take turns, so that a busy machine is busy for all.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many functions a program has: `annotation-cost 100 1000`.
const COUNTS: [usize; 2] = [100, 1_000];
const ROUNDS: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Floor,
    Annotated,
}

const KINDS: [Kind; 3] = [Kind::Plain, Kind::Floor, Kind::Annotated];

/// A generated program.
struct Program {
    directory: PathBuf,
    target: PathBuf,
    functions: usize,
    kind: Kind,
    cost: Cost,
}

/// The best of all rounds: a check and a build, each cold and changed, and the binary's bytes.
#[derive(Clone, Copy)]
struct Cost {
    times: [Duration; 4],
    size: u64,
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let place = root.join("target/annotation-cost");
    fs::create_dir_all(&place)?;
    let counts: Vec<usize> = env::args()
        .skip(1)
        .map(|count| count.parse())
        .collect::<std::result::Result<_, _>>()?;
    let counts = if counts.is_empty() {
        COUNTS.to_vec()
    } else {
        counts
    };
    println!("{}, processor seconds, best of {ROUNDS}\n", version()?);
    println!(
        "| checks | | check, cold | check, changed | debug build, cold | debug build, changed | binary |"
    );
    println!("|---|---|---|---|---|---|---|");
    for functions in counts {
        let mut programs = KINDS
            .map(|kind| Program::generate(&root, &place, functions, kind))
            .into_iter()
            .collect::<Result<Vec<_>>>()?;
        for round in 0..ROUNDS {
            for program in &mut programs {
                program.measure(round)?;
            }
        }
        let floor = programs[1].cost;
        for program in &programs {
            println!("{}", program.row(floor)?);
        }
    }
    Ok(())
}

fn version() -> Result<String> {
    let version = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8(version.stdout)?.trim().to_owned())
}

impl Program {
    fn generate(root: &Path, place: &Path, functions: usize, kind: Kind) -> Result<Program> {
        let name = match kind {
            Kind::Plain => "plain",
            Kind::Floor => "floor",
            Kind::Annotated => "annotated",
        };
        let directory = place.join(format!("{name}-{functions}"));
        fs::create_dir_all(directory.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nhealth-core = {{ path = \"{}\", default-features = false }}\n",
            root.join("health-core").display(),
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
        // A target directory each: the dependencies are built once, and incremental state is kept.
        let target = place.join(format!("target-{name}"));
        Ok(Program {
            directory,
            target,
            functions,
            kind,
            cost: Cost {
                times: [Duration::MAX; 4],
                size: 0,
            },
        })
    }

    fn measure(&mut self, round: usize) -> Result<()> {
        for (place, command) in ["check", "build"].into_iter().enumerate() {
            self.write(2 * round)?;
            // Not measured: what it depends on.
            cargo(&self.directory, &self.target, &[command])?;
            cargo(&self.directory, &self.target, &["clean", "-p", "program"])?;
            let cold = cargo(&self.directory, &self.target, &[command])?;
            self.write(2 * round + 1)?;
            let changed = cargo(&self.directory, &self.target, &[command])?;
            let times = &mut self.cost.times[2 * place..2 * place + 2];
            times[0] = times[0].min(cold);
            times[1] = times[1].min(changed);
        }
        self.cost.size = fs::metadata(self.target.join("debug/program"))?.len();
        Ok(())
    }

    fn row(&self, floor: Cost) -> Result<String> {
        let kind = match self.kind {
            Kind::Plain => "not annotated",
            Kind::Floor => "floor",
            Kind::Annotated => "annotated",
        };
        let mut row = format!("| {} | {kind} |", self.functions);
        let is_annotated = self.kind == Kind::Annotated;
        for (time, floor) in self.cost.times.iter().zip(floor.times) {
            write!(row, " {:.2} s", time.as_secs_f64())?;
            if is_annotated {
                write!(row, " ({:.2})", time.as_secs_f64() / floor.as_secs_f64())?;
            }
            row += " |";
        }
        write!(row, " {} KiB", self.cost.size / 1024)?;
        if is_annotated {
            let percent = self.cost.size * 100 / floor.size;
            write!(row, " ({}.{:02})", percent / 100, percent % 100)?;
        }
        row += " |";
        Ok(row)
    }

    /// Writes the program; another `version` changes one function.
    fn write(&self, version: usize) -> Result<()> {
        let mut source = String::from("#![allow(dead_code)]\npub struct Pool(u64);\n\n");
        if self.kind == Kind::Floor {
            source.push_str(
                "type Boxed<'a> = std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;\n\n",
            );
        }
        let classes = [
            "critical",
            "degraded, timeout = \"300ms\", interval = \"15s\"",
            "startup",
        ];
        for function in 0..self.functions {
            let limit = if function == 0 { version } else { function };
            if self.kind == Kind::Annotated {
                let class = classes[function % classes.len()];
                writeln!(
                    source,
                    "/// Asks for number {function}.\n#[health_core::health_check({class})]"
                )?;
            }
            writeln!(
                source,
                "async fn check_{function}(pool: &Pool) -> Result<(), String> {{\n    \
                 if pool.0 > {limit} {{ Ok(()) }} else {{ Err(format!(\"{{}} of {limit}\", pool.0)) }}\n}}\n"
            )?;
        }
        source.push_str("fn main() {\n    println!(\"{}\", health_core::Class::Critical);\n");
        if self.kind == Kind::Floor {
            source.push_str("    let all: Vec<Box<dyn Fn(&Pool) -> Boxed<'_>>> = vec![\n");
            for function in 0..self.functions {
                writeln!(
                    source,
                    "        Box::new(|pool| Box::pin(check_{function}(pool))),"
                )?;
            }
            source
                .push_str("    ];\n    for call in &all {\n        drop(call(&Pool(1)));\n    }\n");
        }
        source.push_str("}\n");
        fs::write(self.directory.join("src/main.rs"), source)?;
        Ok(())
    }
}

/// How long cargo and what it starts compute.
fn cargo(directory: &Path, target: &Path, arguments: &[&str]) -> Result<Duration> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(arguments)
        .args(["--quiet", "--offline"])
        .current_dir(directory);
    cargo.env("CARGO_TARGET_DIR", target).stdin(Stdio::null());
    let (began, computed) = (Instant::now(), computed_by_children());
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!(
            "cargo {} in {}: {status}",
            arguments.join(" "),
            directory.display()
        )
        .into());
    }
    match (computed, computed_by_children()) {
        (Some(before), Some(after)) => Ok(after.saturating_sub(before)),
        _ => Ok(began.elapsed()),
    }
}

/// The processor time of all children that have ended, where the system tells it.
fn computed_by_children() -> Option<Duration> {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()? + ticks()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}
