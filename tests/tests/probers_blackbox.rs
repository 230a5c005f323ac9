//! What the Prometheus blackbox exporter makes of a service in every state.
#![cfg(unix)]

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use tempfile::TempDir;
use tests::stage::{Act, Stage};
use tests::{Server, documented, eventually, free_port, installed, missing, snippet, wire};

struct Blackbox {
    address: SocketAddr,
    _server: Server,
    _directory: TempDir,
}

impl Blackbox {
    /// Starts it; `None` where it is not installed.
    async fn start() -> Option<Blackbox> {
        let Some(blackbox) = installed("prometheus-blackbox-exporter") else {
            missing("the Prometheus blackbox exporter");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let path = directory.path().join("blackbox.yml");
        // The machine of a test may be busy.
        let modules = snippet("blackbox.yml", &[("timeout: 3s", "timeout: 10s")]);
        fs::write(&path, modules).unwrap();
        let mut command = Command::new(blackbox);
        command
            .arg(format!("--config.file={}", path.display()))
            .arg(format!("--web.listen-address={address}"));
        let server = Server::start(command, directory.path(), None).unwrap();
        eventually("it listens", || TcpStream::connect(address).is_ok()).await;
        Some(Blackbox {
            address,
            _server: server,
            _directory: directory,
        })
    }

    /// The whole of its answer: metrics.
    fn probe(&self, module: &str, target: &str) -> String {
        wire::get(
            self.address,
            &format!("/probe?module={module}&target={target}"),
        )
        .1
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_can_tell_degraded_from_ready() {
    let Some(blackbox) = Blackbox::start().await else {
        return;
    };
    let mut stage = Stage::start();
    let url = |path: &str| format!("http://{}{path}", stage.address);
    let (ready, live) = (url("/health/ready"), url("/health/live"));
    for act in Act::ALL {
        stage.go(act).await;
        for (module, target, expected) in [
            ("ready", &ready, act.serves()),
            ("ready_and_not_degraded", &ready, act == Act::Ready),
            ("body_says_ready", &ready, act == Act::Ready),
            ("ready", &live, act.is_alive()),
        ] {
            let metrics = blackbox.probe(module, target);
            let success = format!("\nprobe_success {}\n", u8::from(expected));
            assert!(
                metrics.contains(&success),
                "{act:?}: {module} of {target}: {metrics}"
            );
        }
    }
}

#[test]
fn its_file_has_no_word_that_it_warns_of() {
    let Some(blackbox) = installed("prometheus-blackbox-exporter") else {
        return missing("the Prometheus blackbox exporter");
    };
    let mut command = Command::new(blackbox);
    let file = documented("blackbox.yml");
    command
        .arg("--config.check")
        .arg(format!("--config.file={}", file.display()));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("level=warn"), "{said}");
}
