//! What a kubelet makes of a service in every state: its rules in a few lines, and the paths that
//! documentation gives it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tests::stage::{Act, Stage};
use tests::{snippet, wire};

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

/// Where documentation lets a probe ask.
fn path(probe: &str) -> String {
    let manifest = snippet("kubernetes.yaml", &[]);
    let (_, after) = manifest.split_once(&format!("{probe}:")).unwrap();
    let (_, path) = after.split_once("path: ").unwrap();
    path.split_once(',').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_readiness_fails_after_the_start() {
    let mut stage = Stage::start();
    let [live, ready, startup] = ["livenessProbe", "readinessProbe", "startupProbe"].map(path);
    for act in Act::ALL {
        stage.go(act).await;
        let asked = [&live, &ready, &startup].map(|path| passes(stage.address, path));
        assert_eq!(
            asked,
            [true, act.serves(), act != Act::Starting],
            "{act:?}: liveness, readiness, startup"
        );
    }
}
