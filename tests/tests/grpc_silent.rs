//! What the gRPC health service says while the monitor's thread stands still, and everything else runs.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use health_core::{Check, ServiceReason};
use tests::grpc::{SEARCH, Served, next, of, status};
use tests::{eventually, installed, missing, service};

/// A thread of this process that stands still until this is dropped.
struct Stopped(Child);

impl Stopped {
    /// Stops the thread of this name; `None` where that is not possible.
    fn thread(name: &str) -> Option<Stopped> {
        let Some(python) = installed("python3") else {
            missing("python3");
            return None;
        };
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grpc_clients/stop_thread.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(thread_of_this_process(name))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line);
        let stopped = Stopped(child);
        if said.is_ok() && line == "stopped\n" {
            return Some(stopped);
        }
        missing("the right to stop a thread");
        None
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn thread_of_this_process(name: &str) -> String {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let mut of_name = threads.filter(|thread| {
        fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim_end() == name)
    });
    let thread = of_name.next().expect("a thread of this name");
    thread.file_name().into_string().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_monitor_is_not_serving_and_its_watchers_are_told() {
    let often = Duration::from_millis(200);
    let passes = || async { Ok::<_, &str>(()) };
    let database = Check::critical("database", passes).needed_by([SEARCH]);
    let health = service()
        .check(database.timeout(often).interval(often).retry(often))
        .stall_limit(Duration::from_secs(3))
        .start()
        .unwrap();
    let served = Served::shop(&health).await;
    let mut client = served.client().await;
    eventually("started", || health.readiness().reason.is_none()).await;
    let names = ["", "shop.v1.Search", "search", "liveness"];
    let mut watches = Vec::new();
    for name in names {
        let mut watch = client.watch(of(name)).await.unwrap().into_inner();
        assert_eq!(next(&mut watch).await, Some("SERVING"), "{name}");
        watches.push(watch);
    }

    let Some(stopped) = Stopped::thread("health-monitor") else {
        return;
    };
    for (name, watch) in names.iter().zip(&mut watches) {
        assert_eq!(next(watch).await, Some("NOT_SERVING"), "{name}");
        let checked = client.check(of(name)).await.unwrap().into_inner();
        assert_eq!(status(checked), "NOT_SERVING", "{name}");
    }
    assert_eq!(health.liveness().reason, Some(ServiceReason::Stale));
    assert_eq!(health.readiness().reason, Some(ServiceReason::Stale));

    drop(stopped);
    for (name, watch) in names.iter().zip(&mut watches) {
        assert_eq!(next(watch).await, Some("SERVING"), "{name}");
    }
}
