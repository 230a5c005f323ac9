//! What nginx makes of two instances, one of which goes through every state: it asks no probe, and
//! learns from the answers to real requests.
#![cfg(unix)]

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use tempfile::TempDir;
use tests::stage::{Act, Stage};
use tests::{Server, eventually, free_port, installed, missing, snippet, wire};

struct Nginx {
    address: SocketAddr,
    _server: Server,
    _directory: TempDir,
}

impl Nginx {
    /// Starts it before two instances; `None` where it is not installed.
    async fn before(one: &Stage, other: &Stage) -> Option<Nginx> {
        let Some(nginx) = installed("nginx") else {
            missing("nginx");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let at = directory.path().display().to_string();
        let kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {at}/{kind};"));
        let configuration = snippet(
            "nginx.conf",
            &[
                ("127.0.0.1:8000", &address.to_string()),
                ("127.0.0.1:8080", &one.address.to_string()),
                ("127.0.0.1:8081", &other.address.to_string()),
                ("http {", &format!("http {{ {}", kept.concat())),
            ],
        );
        let path = directory.path().join("nginx.conf");
        fs::write(&path, configuration).unwrap();
        let mut command = Command::new(nginx);
        command.args(["-e", "stderr", "-c"]).arg(path);
        command.args(["-g", &format!("daemon off; pid {at}/pid;")]);
        let server = Server::start(command, directory.path(), None).unwrap();
        eventually("it listens", || TcpStream::connect(address).is_ok()).await;
        Some(Nginx {
            address,
            _server: server,
            _directory: directory,
        })
    }

    fn get(&self, path: &str) -> (u16, String) {
        wire::get(self.address, path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_not_ready_costs_no_request() {
    let (mut one, mut other) = (Stage::start(), Stage::start());
    other.go(Act::Ready).await;
    let Some(nginx) = Nginx::before(&one, &other).await else {
        return;
    };
    for act in Act::ALL {
        one.go(act).await;
        for _ in 0..20 {
            let (code, body) = nginx.get("/health/ready");
            assert_eq!(code, 200, "{act:?}: {body}");
        }
        assert_eq!(
            nginx.get("/health/deep").0,
            404,
            "what is private stays inside"
        );
    }
    // When there is no other, nginx answers for itself: often 502, which is not what either said.
    other.go(Act::Draining).await;
    for _ in 0..20 {
        let (code, body) = nginx.get("/health/ready");
        assert!([502, 503].contains(&code), "{code}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_ready_again_is_given_requests_again() {
    let (mut one, mut other) = (Stage::start(), Stage::start());
    let Some(nginx) = Nginx::before(&one, &other).await else {
        return;
    };
    assert_ne!(nginx.get("/health/ready").0, 200, "neither has started");
    other.go(Act::Draining).await;
    for act in [Act::Ready, Act::NotReady, Act::Degraded] {
        one.go(act).await;
        let passed_on = || (nginx.get("/health/ready").0 == 200) == act.serves();
        eventually(&format!("{act:?}: nginx has learnt it"), passed_on).await;
    }
}
