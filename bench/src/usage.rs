use std::fs;
use std::time::{Duration, Instant};

/// The processor time of all threads of this process whose name begins with `name`.
pub(crate) fn of_threads(name: &str) -> Duration {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanos = tasks.flatten().filter_map(|task| {
        let known = fs::read_to_string(task.path().join("comm")).ok()?;
        let schedstat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        let nanos: u64 = schedstat.split_whitespace().next()?.parse().ok()?;
        known.trim().starts_with(name).then_some(nanos)
    });
    Duration::from_nanos(nanos.sum())
}

/// What the threads of this name have taken since `before`.
pub(crate) fn since(name: &str, before: Duration) -> Duration {
    of_threads(name).saturating_sub(before)
}

/// Every thread of this process.
pub(crate) const ALL: &str = "";

/// The processor time of this process, also of threads that have ended; to a hundredth of a second.
pub(crate) fn of_process() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything, stand the fields from the third on.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Which share of a processor the threads of this name take while `during` runs.
pub(crate) async fn share(name: &str, during: Duration) -> f64 {
    let (before, began) = (of_threads(name), Instant::now());
    tokio::time::sleep(during).await;
    since(name, before).as_secs_f64() / began.elapsed().as_secs_f64()
}

/// How many threads of this name this process has.
pub(crate) fn threads(name: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    let names = tasks
        .flatten()
        .map(|task| fs::read_to_string(task.path().join("comm")));
    names
        .flatten()
        .filter(|known| known.starts_with(name))
        .count()
}

/// What this was measured on.
pub(crate) fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?");
    let build = if cfg!(debug_assertions) {
        "a DEBUG build, whose figures say nothing"
    } else {
        "a release build"
    };
    format!("{cores} x {model}, load {load}, {build}")
}
