use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// A server process that a test started and may break. Ends with it, and so do its own children.
#[derive(Debug)]
pub struct Server {
    child: Child,
}

/// A user that a server runs as.
#[derive(Clone, Copy, Debug)]
pub struct User {
    uid: u32,
    gid: u32,
}

impl Server {
    /// Starts it; what it says goes to `log` in its directory.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(mut command: Command, directory: &Path, user: Option<User>) -> io::Result<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(directory.join("log"))?;
        if let Some(User { uid, gid }) = user {
            command.uid(uid).gid(gid);
        }
        let child = command
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Server { child })
    }

    /// Whether the process is still there.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Stops it and its children in their tracks (`SIGSTOP`).
    pub fn freeze(&self) {
        // The parent first, so that it has no new children meanwhile.
        signal(self.child.id(), Signal::STOP);
        for child in children(self.child.id()) {
            signal(child, Signal::STOP);
        }
    }

    /// Lets it and its children go on (`SIGCONT`).
    pub fn thaw(&self) {
        for child in children(self.child.id()) {
            signal(child, Signal::CONT);
        }
        signal(self.child.id(), Signal::CONT);
    }

    /// Ends it and its children at once (`SIGKILL`), and waits until they are gone.
    pub fn kill(&mut self) {
        if !self.runs() {
            return;
        }
        signal(self.child.id(), Signal::STOP);
        let children = children(self.child.id());
        signal(self.child.id(), Signal::KILL);
        for &child in &children {
            signal(child, Signal::KILL);
        }
        let _ = self.child.wait();
        for _ in 0..1_000 {
            if !children.iter().any(|&child| is_alive(child)) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to end (`SIGTERM`).
    pub fn terminate(&self) {
        signal(self.child.id(), Signal::TERM);
    }

    /// Asks it to read its configuration again (`SIGHUP`).
    pub fn reload(&self) {
        signal(self.child.id(), Signal::HUP);
    }

    /// Asks it to end (`SIGINT`), and waits until it has.
    ///
    /// # Errors
    ///
    /// When it cannot be waited for.
    pub fn stop(&mut self) -> io::Result<()> {
        signal(self.child.id(), Signal::INT);
        self.child.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nothing listens on, and that the system gives to no client.
///
/// # Panics
///
/// When there is none.
pub fn free_port() -> u16 {
    let first = u16::try_from(std::process::id() % 10_000).expect("below 10,000");
    let ports = (20_000..30_000).cycle().skip(first.into()).take(10_000);
    let mut free = ports.filter(|&port| {
        let taken_by_us = TAKEN.lock().is_ok_and(|mut taken| !taken.insert(port));
        !taken_by_us && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
    });
    free.next().expect("a free port")
}

static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Says once that a server is not installed, so that its tests are skipped.
///
/// # Panics
///
/// When `HEALTH_TESTS_REQUIRE_SERVERS=1` says that it must be.
pub fn missing(server: &str) {
    let required = std::env::var("HEALTH_TESTS_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!required, "{server} is not installed, and is required");
    if SAID
        .lock()
        .is_ok_and(|mut said| said.insert(server.to_owned()))
    {
        say(&format!("skipped: {server} is not installed"));
    }
}

/// Prints a line past the test harness, which keeps to itself what a passing test prints.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A user without rights to give a directory to, if this runs as root.
///
/// # Panics
///
/// When the system does not tell who there is.
pub fn unprivileged(directory: &Path) -> Option<User> {
    let root = fs::metadata("/proc/self").expect("this process").uid() == 0;
    root.then(|| {
        let users = fs::read_to_string("/etc/passwd").expect("a list of users");
        let find = |name: &str| {
            let line = users.lines().find(|line| line.starts_with(name))?;
            let mut ids = line.split(':').skip(2).map(str::parse);
            Some(User {
                uid: ids.next()?.ok()?,
                gid: ids.next()?.ok()?,
            })
        };
        let user = find("postgres:").or_else(|| find("nobody:"));
        let user = user.expect("a user `nobody`");
        chown(directory, Some(user.uid), Some(user.gid)).expect("root may give it away");
        user
    })
}

/// Asks a process to end (`SIGTERM`).
pub fn terminate(process: &Child) {
    signal(process.id(), Signal::TERM);
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // It may have ended by itself.
    let _ = kill_process(pid.expect("a process has a number above 0"), signal);
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|&pid| stat(pid).is_some_and(|(_, of)| of == parent))
        .collect()
}

fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

/// A process's state and its parent.
fn stat(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, also parentheses.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}
