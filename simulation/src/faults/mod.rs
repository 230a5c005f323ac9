//! Faults planted in a copy of the core, one by one, to see that the simulation catches each.

mod list;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use list::FAULTS;

/// Who is not done then hangs, which is a way to be caught.
const PATIENCE: Duration = Duration::from_secs(180);
/// Who takes more memory than this, in KiB, is caught too.
const MEMORY: u64 = 4 * 1024 * 1024;

/// Plants every fault whose name holds `only`; true if each was caught.
pub(crate) fn run(seeds: u64, from: u64, only: Option<&str>) -> bool {
    match table(seeds, from, only.unwrap_or_default()) {
        Ok(all_caught) => all_caught,
        Err(error) => {
            eprintln!("the copy of the core: {error}");
            false
        }
    }
}

fn table(seeds: u64, from: u64, only: &str) -> io::Result<bool> {
    let copy = Copy::new()?;
    let sound = copy.judge(seeds, from)?;
    println!("{:<60} {sound}", "no fault");
    if sound != Verdict::Survived {
        return Ok(false);
    }
    let mut all_caught = true;
    for fault in FAULTS.iter().filter(|fault| fault.name.contains(only)) {
        let file = copy.root.join("health-core/src").join(fault.file);
        let text = fs::read_to_string(&file)?;
        let verdict = if text.matches(fault.from).count() == 1 {
            fs::write(&file, text.replace(fault.from, fault.to))?;
            let verdict = copy.judge(seeds, from);
            fs::write(&file, text)?;
            verdict?
        } else {
            Verdict::NotPlanted
        };
        println!("{:<60} {verdict}", fault.name);
        all_caught &= matches!(verdict, Verdict::Caught(_) | Verdict::Hangs);
    }
    Ok(all_caught)
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The first line of what was said.
    Caught(String),
    Hangs,
    Survived,
    DoesNotCompile,
    /// Its text is not there, or more than once.
    NotPlanted,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Caught(how) => write!(f, "caught: {how}"),
            Verdict::Hangs => f.write_str("caught: it hangs"),
            Verdict::Survived => f.write_str("survived"),
            Verdict::DoesNotCompile => f.write_str("DOES NOT COMPILE"),
            Verdict::NotPlanted => f.write_str("NOT PLANTED: its text does not stand there once"),
        }
    }
}

/// A workspace of its own with the core and the simulation, in the target directory.
struct Copy {
    root: PathBuf,
}

impl Copy {
    fn new() -> io::Result<Copy> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the package is a member of a workspace");
        let root = workspace.join("target/faults");
        fs::create_dir_all(&root)?;
        let manifest = fs::read_to_string(workspace.join("Cargo.toml"))?;
        fs::write(root.join("Cargo.toml"), with_few_members(&manifest))?;
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock"))?;
        for member in MEMBERS {
            let to = root.join(member);
            if to.exists() {
                fs::remove_dir_all(&to)?;
            }
            copy_folder(&workspace.join(member), &to)?;
        }
        Ok(Copy { root })
    }

    /// Builds the copy and runs its simulation.
    fn judge(&self, seeds: u64, from: u64) -> io::Result<Verdict> {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet", "-p", "simulation"])
            .current_dir(&self.root)
            .env_remove("CARGO_TARGET_DIR")
            // Each fault is built once and run for seconds.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_INCREMENTAL", "1")
            .stderr(Stdio::null())
            .status()?;
        if !built.success() {
            return Ok(Verdict::DoesNotCompile);
        }
        let program = self.root.join("target/release/simulation");
        let simulation = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""))
            .arg(program)
            .args([
                "--brief",
                "--seeds",
                &seeds.to_string(),
                "--from",
                &from.to_string(),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(output) = wait(simulation)? else {
            return Ok(Verdict::Hangs);
        };
        if output.status.success() {
            return Ok(Verdict::Survived);
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let mut lines = said.lines().map(str::trim);
        let how = [lines.next(), lines.next()].map(Option::unwrap_or_default);
        Ok(Verdict::Caught(how.join("; ")))
    }
}

/// Waits for the end; kills who takes too long.
fn wait(mut child: Child) -> io::Result<Option<Output>> {
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.wait_with_output().map(Some)
}

const MEMBERS: [&str; 3] = ["health-macros", "health-core", "simulation"];

fn with_few_members(manifest: &str) -> String {
    let from = manifest.find("members = [").expect("it is a workspace");
    let to = from + manifest[from..].find(']').expect("the list ends");
    let members = MEMBERS.map(|member| format!("\"{member}\"")).join(", ");
    let exclude = manifest.lines().find(|line| line.starts_with("exclude ="));
    let manifest = format!(
        "{}members = [{members}{}",
        &manifest[..from],
        &manifest[to..]
    );
    exclude.map_or_else(|| manifest.clone(), |line| manifest.replace(line, ""))
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        // Without following links: a licence that is a link to the workspace's is not needed to build.
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != "target" {
            copy_folder(&from, &to)?;
        } else if kind.is_file() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_few_members() {
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\n    \"a\",\n    \"b\",\n]\nexclude = [\"c\"]\n\n[profile.dev]\n";
        let few = "[workspace]\nresolver = \"3\"\nmembers = [\"health-macros\", \"health-core\", \"simulation\"]\n\n\n[profile.dev]\n";
        assert_eq!(with_few_members(manifest), few);
    }

    #[test]
    fn every_fault_can_be_planted() {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../health-core/src");
        for fault in FAULTS {
            let text = fs::read_to_string(core.join(fault.file)).unwrap();
            assert_eq!(text.matches(fault.from).count(), 1, "{}", fault.name);
            assert_ne!(fault.from, fault.to, "{}", fault.name);
        }
    }

    #[test]
    fn no_two_faults_have_one_name() {
        let mut names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAULTS.len());
    }
}
