//! What a kubelet makes of a service in every state: its rules in a few lines, and the ports and paths that
//! documentation gives it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use tests::stage::{Act, Framework, Stage};
use tests::{documented, installed, missing, snippet, wire};

/// What it reads of a body, in bytes.
const READ: u64 = 10 * 1024;

/// Its default, which a service must keep also while a check hangs.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How often a probe fails before it counts; here against a busy machine.
const FAILURES: usize = 3;

fn passes(address: SocketAddr, path: &str) -> bool {
    let code = (0..FAILURES).find_map(|_| ask(address, path));
    let code = code.unwrap_or_else(|| panic!("{path} does not answer within a second"));
    (200..400).contains(&code)
}

fn ask(address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: kube-probe/1.34\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(READ).read_to_string(&mut answer).ok()?;
    assert!(!answer.to_lowercase().contains("\r\nlocation:"), "{answer}");
    wire::code(&answer)
}

/// Where a documented manifest lets a probe ask: the name of the port, and the path.
fn target(manifest: &str, probe: &str) -> (String, String) {
    let manifest = snippet(manifest, &[]);
    let (_, after) = manifest.split_once(&format!("{probe}:")).unwrap();
    let (_, path) = after.split_once("path: ").unwrap();
    let (path, port) = path.split_once(", port: ").unwrap();
    let (port, _) = port.split_once(' ').unwrap();
    (port.to_owned(), path.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_probe_is_for_fails_it_on_one_port_and_on_two() {
    for framework in [Framework::Warp, Framework::Axum] {
        each_probe_is_failed_by_what_it_is_for(Stage::on(framework)).await;
    }
}

async fn each_probe_is_failed_by_what_it_is_for(mut stage: Stage) {
    let manifests = ["kubernetes.yaml", "kubernetes-two-ports.yaml"];
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    for act in Act::ALL {
        stage.go(act).await;
        for manifest in manifests {
            let asked = probes.map(|probe| {
                let (port, path) = target(manifest, probe);
                let address = match &*port {
                    "http" => stage.application,
                    "health" => stage.address,
                    port => panic!("{manifest}: {port} is no port of a service"),
                };
                passes(address, &path)
            });
            assert_eq!(
                asked,
                [act.is_alive(), act.serves(), act != Act::Starting],
                "{manifest}, {act:?}: liveness, readiness, startup"
            );
        }
    }
}

#[test]
fn what_asks_about_the_process_has_a_port_of_its_own_where_there_are_two() {
    let port = |probe| target("kubernetes-two-ports.yaml", probe).0;
    let ports = ["livenessProbe", "readinessProbe", "startupProbe"].map(port);
    assert_eq!(ports, ["health", "http", "health"]);
}

#[test]
fn the_manifests_are_valid_as_they_are() {
    let Some(validate) = installed("kubernetes-validate") else {
        return missing("kubernetes-validate");
    };
    for manifest in ["kubernetes.yaml", "kubernetes-two-ports.yaml"] {
        let mut command = Command::new(&validate);
        command
            .args(["--strict", "--quiet"])
            .arg(documented(manifest));
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "{manifest}: {said}");
    }
}
