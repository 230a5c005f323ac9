//! A whole process: stopped and continued, and ended while a check is stuck.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A service that ends with the test.
struct Service {
    child: Child,
    first_line: String,
}

impl Service {
    fn start(mode: &str) -> Service {
        let mut child = Command::new(env!("CARGO_BIN_EXE_service"))
            .arg(mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first_line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut first_line)
            .unwrap();
        Service {
            child,
            first_line: first_line.trim().to_owned(),
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// The answer to a probe, over a connection of its own.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.first_line).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_process_that_was_stopped_is_alive_when_it_goes_on() {
    let service = Service::start("watched");
    let begun = Instant::now();
    while !service.get("/health/ready").starts_with("HTTP/1.1 200") {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{}",
            service.get("/health/ready")
        );
    }
    service.signal("-STOP");
    // Longer than every limit there is: the stall's 3 s, the heartbeat's 2 s, the checks' ages of 3.1 s.
    thread::sleep(Duration::from_secs(7));
    service.signal("-CONT");
    let resumed = Instant::now();
    while resumed.elapsed() < Duration::from_secs(4) {
        let answer = service.get("/health/live");
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "{:?} after it went on: {answer}",
            resumed.elapsed()
        );
    }
    assert!(service.get("/health/ready").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_stuck_check_does_not_keep_the_process_from_ending() {
    let mut service = Service::start("stuck");
    assert_eq!(service.first_line, "stuck");
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = service.child.try_wait().unwrap() {
            break status;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it has not ended"
        );
        thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success());
}
