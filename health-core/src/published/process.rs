use serde::{Deserialize, Serialize};

/// This process's own figures. `None` where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProcessReport {
    /// Resident memory, in bytes.
    pub rss_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
}

impl ProcessReport {
    /// Asks the system, which takes the longer the more files are open.
    #[cfg(target_os = "linux")]
    pub(crate) fn sample() -> ProcessReport {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        ProcessReport {
            // The kernel's "kB" are 1,024 bytes.
            rss_bytes: field("VmRSS").map(|kib| kib * 1024),
            threads: field("Threads"),
            open_fds: open_fds(),
        }
    }

    /// Asks the system.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn sample() -> ProcessReport {
        ProcessReport::default()
    }
}

#[cfg(target_os = "linux")]
fn open_fds() -> Option<u64> {
    let directory = "/proc/self/fd";
    // Its length is the count since Linux 6.2, and zero before.
    match std::fs::metadata(directory).ok()?.len() {
        0 => {
            let open = std::fs::read_dir(directory).ok()?.count() as u64;
            // Less the one that the counting itself opens.
            Some(open.saturating_sub(1))
        }
        open => Some(open),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_threads_and_files() {
        let process = ProcessReport::sample();
        assert!(process.rss_bytes.is_some_and(|bytes| bytes > 100_000));
        assert!(process.threads.is_some_and(|threads| threads > 0));
        assert!(process.open_fds.is_some_and(|fds| fds > 2), "{process:?}");
    }
}
