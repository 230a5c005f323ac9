//! `cargo run --release -p annotation-cost`: what annotating costs, as a table.
//!
//! It generates programs with the same functions, once annotated and once not, and has cargo check
//! and build them: cold, where only the program itself is new, and again after one function changed.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const COUNTS: [usize; 3] = [0, 100, 1_000];
const ROUNDS: usize = 3;

/// A generated program.
struct Program {
    directory: PathBuf,
    target: PathBuf,
    functions: usize,
    annotated: bool,
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let place = root.join("target/annotation-cost");
    fs::create_dir_all(&place)?;
    println!("{}, {} cores\n", version()?, available_parallelism()?);
    let macros = macro_crate(&root, &place)?;
    println!(
        "`health-macros` with what it depends on, cold: {}\n",
        seconds(macros)
    );
    println!("| checks | | check, cold | check, changed | build, cold | build, changed | binary |");
    println!("|---|---|---|---|---|---|---|");
    let mut sizes = Vec::new();
    for functions in COUNTS {
        for annotated in [false, true] {
            let program = Program::generate(&root, &place, functions, annotated)?;
            sizes.push(program.measure()?);
        }
    }
    let [.., plain, annotated] = sizes[..] else {
        return Err("every program was measured".into());
    };
    let most = u64::try_from(COUNTS[COUNTS.len() - 1])?;
    println!(
        "\nbinary size per check: {} bytes",
        annotated.saturating_sub(plain) / most
    );
    Ok(())
}

fn version() -> Result<String> {
    let version = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8(version.stdout)?.trim().to_owned())
}

fn macro_crate(root: &Path, place: &Path) -> Result<Duration> {
    let target = place.join("macros");
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let arguments = ["build", "-p", "health-macros", "--lib"];
        best = best.min(cargo(root, &target, &arguments)?);
    }
    Ok(best)
}

impl Program {
    fn generate(root: &Path, place: &Path, functions: usize, annotated: bool) -> Result<Program> {
        let kind = if annotated { "annotated" } else { "plain" };
        let directory = place.join(format!("{kind}-{functions}"));
        fs::create_dir_all(directory.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nhealth-core = {{ path = \"{}\", default-features = false }}\n",
            root.join("health-core").display(),
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
        Ok(Program {
            directory,
            target: place.join("target"),
            functions,
            annotated,
        })
    }

    /// Prints a row, and returns the size of the binary.
    fn measure(&self) -> Result<u64> {
        let mut row = format!(
            "| {} | {} |",
            self.functions,
            if self.annotated { "annotated" } else { "not" }
        );
        for command in ["check", "build"] {
            let (mut cold, mut changed) = (Duration::MAX, Duration::MAX);
            for round in 0..ROUNDS {
                self.write(2 * round)?;
                cargo(&self.directory, &self.target, &["clean", "-p", "program"])?;
                cold = cold.min(cargo(&self.directory, &self.target, &[command])?);
                self.write(2 * round + 1)?;
                changed = changed.min(cargo(&self.directory, &self.target, &[command])?);
            }
            write!(row, " {} | {} |", seconds(cold), seconds(changed))?;
        }
        let size = fs::metadata(self.target.join("debug/program"))?.len();
        println!("{row} {} KiB |", size / 1024);
        Ok(size)
    }

    /// Writes the program; another `version` changes one function.
    fn write(&self, version: usize) -> Result<()> {
        let mut source = String::from("#![allow(dead_code)]\npub struct Pool(u64);\n\n");
        let classes = [
            "critical",
            "degraded, timeout = \"300ms\", interval = \"15s\"",
            "startup",
        ];
        for function in 0..self.functions {
            let limit = if function == 0 { version } else { function };
            if self.annotated {
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
        source.push_str("fn main() {\n    println!(\"{}\", health_core::Class::Critical);\n}\n");
        fs::write(self.directory.join("src/main.rs"), source)?;
        Ok(())
    }
}

/// How long cargo takes.
fn cargo(directory: &Path, target: &Path, arguments: &[&str]) -> Result<Duration> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(arguments)
        .args(["--quiet", "--offline"])
        .current_dir(directory);
    cargo.env("CARGO_TARGET_DIR", target).stdin(Stdio::null());
    let began = Instant::now();
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!(
            "cargo {} in {}: {status}",
            arguments.join(" "),
            directory.display()
        )
        .into());
    }
    Ok(began.elapsed())
}

fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
