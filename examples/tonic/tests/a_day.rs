//! The service as a process: started, asked, broken, mended and ended, with watchers all the while.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tests::terminate;

/// A process that prints lines. Ends with the test.
struct Process {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Process {
    fn start(words: &[&str], port: &str, directory: &Path) -> Process {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tonic-example"))
            .args(words)
            .envs([("PORT", port), ("HEALTH_PORT", "0")])
            .env("DATA_DIR", directory)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        Process { child, says }
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_how_it_is_until_it_ends_and_no_watcher_holds_it() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let file = |name: &str| directory.join(name);
    let mut service = Process::start(&[], "0", directory);
    let port = loop {
        let line = service.line();
        assert!(service.child.try_wait().unwrap().is_none(), "it has ended");
        if let Some((_, rest)) = line.split_once("over gRPC, at 127.0.0.1:") {
            break rest.split(',').next().unwrap().to_owned();
        }
    };
    let start = |words: &[&str]| Process::start(words, &port, directory);
    let mut shop = start(&["watch"]);
    let mut search = start(&["watch", "shop.v1.Search"]);
    let mut live = start(&["watch", "liveness"]);
    for watcher in [&mut shop, &mut search] {
        // Whether it sees the start depends on how fast it comes.
        let first = watcher.line();
        let ready = if first == "NOT_SERVING" {
            watcher.line()
        } else {
            first
        };
        assert_eq!(ready, "SERVING");
    }
    assert_eq!(live.line(), "SERVING");
    let order = r#"Order { id: 1, item: "tea", quantity: 2 }"#;
    assert_eq!(start(&["order", "tea", "2"]).line(), order);
    assert_eq!(start(&["orders"]).line(), order);
    assert_eq!(start(&["find", "hon"]).line(), "forest honey");

    fs::rename(file("search.db"), file("elsewhere")).unwrap();
    assert_eq!(search.line(), "NOT_SERVING");
    fs::rename(file("elsewhere"), file("search.db")).unwrap();
    assert_eq!(search.line(), "SERVING");

    fs::rename(file("orders.db"), file("elsewhere")).unwrap();
    assert_eq!(search.line(), "NOT_SERVING");
    // Nobody told this one that nothing could be found meanwhile: orders were taken.
    assert_eq!(shop.line(), "NOT_SERVING");
    fs::rename(file("elsewhere"), file("orders.db")).unwrap();
    assert_eq!(search.line(), "SERVING");
    assert_eq!(shop.line(), "SERVING");

    terminate(&service.child);
    let asked = Instant::now();
    assert_eq!([shop.line(), shop.line()], ["NOT_SERVING", ""]);
    assert_eq!([search.line(), search.line()], ["NOT_SERVING", ""]);
    assert_eq!(live.line(), "", "alive to the end");
    assert!(service.child.wait().unwrap().success());
    // Five seconds are the delay; a server that somebody holds would take ten more.
    let took = asked.elapsed();
    println!("it ended {took:?} after it was asked to");
    assert!(took < Duration::from_secs(10), "{took:?}");
}
