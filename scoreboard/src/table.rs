use std::fmt;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// One figure of one fault.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) fault: String,
    pub(crate) measured: &'static str,
    pub(crate) limit: String,
    pub(crate) ours: String,
    pub(crate) plain: String,
    /// Whether ours is within the limit.
    pub(crate) kept: bool,
}

pub(crate) const HEAD: &str = "\
| fault | measured | limit | ours | by hand |
|---|---|---|---|---|";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row {
            fault,
            measured,
            limit,
            ours,
            plain,
            kept,
        } = self;
        let broken = if *kept { "" } else { " **(not kept)**" };
        write!(
            f,
            "| {fault} | {measured} | {limit} | {ours}{broken} | {plain} |"
        )
    }
}

/// What this ran on.
pub(crate) fn machine() -> String {
    let processors = available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, model)| model);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or_else(
        |_| "rustc unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    format!(
        "{processors} processors ({model}), Linux {}, {rustc}, {profile}",
        kernel.trim()
    )
}
