use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::contender::Contender;
use crate::fault::Fault;

/// A process that was started for one fault; ends with this.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    said: Value,
}

impl Process {
    /// Starts it, and waits for the one line that it says.
    pub(crate) fn start(fault: &Fault, contender: Contender) -> Process {
        Process::start_for(fault, contender, 0)
    }

    /// The same, for so much of what the fault has much of.
    pub(crate) fn start_for(fault: &Fault, contender: Contender, amount: u64) -> Process {
        let program = env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .args(["serve", fault.name, contender.as_str(), &amount.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started again");
        let stdout = child.stdout.take().expect("it was piped");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        read.expect("what it says is text");
        let said = serde_json::from_str(&line).unwrap_or_default();
        Process { child, said }
    }

    /// What it said, by name.
    pub(crate) fn said(&self, name: &str) -> f64 {
        self.said[name].as_f64().unwrap_or(f64::NAN)
    }

    /// Where its application listens.
    pub(crate) fn port(&self) -> u16 {
        self.port_called("port")
    }

    /// Where its private listener listens, if it has one.
    pub(crate) fn private_port(&self) -> u16 {
        self.port_called("private")
    }

    fn port_called(&self, name: &str) -> u16 {
        let port = self.said[name]
            .as_u64()
            .and_then(|port| port.try_into().ok());
        port.expect("a service says where it listens")
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        memory(&self.child.id().to_string())
    }

    pub(crate) fn threads(&self) -> u64 {
        field(&self.child.id().to_string(), "Threads:")
    }

    /// Asks it to end, and measures for how long it does not; `None` when that is longer than the limit.
    pub(crate) async fn end(&mut self, limit: Duration) -> Option<Duration> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let asked = Instant::now();
        kill_process(pid?, Signal::TERM).ok()?;
        while asked.elapsed() < limit {
            if self.child.try_wait().ok()?.is_some() {
                return Some(asked.elapsed());
            }
            sleep(Duration::from_millis(1)).await;
        }
        None
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The resident memory of a process (`self` is this one), in bytes.
pub(crate) fn memory(pid: &str) -> u64 {
    field(pid, "VmRSS:") * 1024
}

pub(crate) fn threads() -> u64 {
    field("self", "Threads:")
}

fn field(pid: &str, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    let number = value.and_then(|value| value.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

/// Raises the limit of open files as far as it goes.
pub(crate) fn allow_many_sockets() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // With fewer sockets the figures say so themselves.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The same for everybody: two workers.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
