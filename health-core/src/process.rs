use std::time::{Duration, Instant};

use crate::report::Process;

/// Samples this process's own figures, now and then.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    last: Process,
    sampled: Option<Instant>,
}

const EVERY: Duration = Duration::from_secs(5);

impl Sampler {
    pub(crate) fn sample(&mut self, now: Instant) {
        if self
            .sampled
            .is_none_or(|sampled| now.saturating_duration_since(sampled) >= EVERY)
        {
            self.sampled = Some(now);
            self.last = sample();
        }
    }

    pub(crate) fn last(&self) -> Process {
        self.last
    }
}

#[cfg(target_os = "linux")]
fn sample() -> Process {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Process {
        // The kernel's "kB" are 1,024 bytes.
        rss_bytes: field("VmRSS").map(|kib| kib * 1024),
        threads: field("Threads"),
        // Less the one that the counting itself opens.
        open_fds: std::fs::read_dir("/proc/self/fd")
            .ok()
            .map(|fds| (fds.count() as u64).saturating_sub(1)),
    }
}

#[cfg(not(target_os = "linux"))]
fn sample() -> Process {
    Process::default()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_process_has_memory_threads_and_files() {
        let process = super::sample();
        assert!(
            process.rss_bytes.is_some_and(|bytes| bytes > 100_000),
            "{process:?}"
        );
        assert!(
            process.threads.is_some_and(|threads| threads > 0),
            "{process:?}"
        );
        assert!(process.open_fds.is_some_and(|fds| fds > 2), "{process:?}");
    }
}
