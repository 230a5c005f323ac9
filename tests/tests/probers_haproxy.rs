//! What `HAProxy` makes of a service in every state.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tests::stage::{Act, Stage};
use tests::{Server, eventually, free_port, installed, missing, snippet, wire};

struct Haproxy {
    frontend: SocketAddr,
    socket: PathBuf,
    _server: Server,
    _directory: TempDir,
}

impl Haproxy {
    /// Starts it before a service; `None` where it is not installed.
    fn before(stage: &Stage) -> Option<Haproxy> {
        let Some(haproxy) = installed("haproxy") else {
            missing("HAProxy");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("admin.sock");
        let frontend = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let configuration = snippet(
            "haproxy.cfg",
            &[
                ("/run/haproxy/admin.sock", socket.to_str().unwrap()),
                ("127.0.0.1:8000", &frontend.to_string()),
                ("127.0.0.1:8080", &stage.address.to_string()),
                ("inter 2s", "inter 100ms"),
                // The machine of a test may be busy.
                ("timeout check 1s", "timeout check 10s"),
            ],
        );
        let path = directory.path().join("haproxy.cfg");
        fs::write(&path, configuration).unwrap();
        let mut command = Command::new(haproxy);
        command.arg("-db").arg("-f").arg(path);
        Some(Haproxy {
            frontend,
            socket,
            _server: Server::start(command, directory.path(), None).unwrap(),
            _directory: directory,
        })
    }

    /// What it holds the server of a backend to be: its status, and what the last check saw.
    fn verdict(&self, backend: &str) -> Option<(String, String)> {
        let table = ask(&self.socket, "show stat\n")?;
        let mut lines = table.lines();
        let head: Vec<_> = lines.next()?.trim_start_matches("# ").split(',').collect();
        let column = |name| head.iter().position(|column| *column == name);
        let row = lines.find(|line| line.starts_with(&format!("{backend},one,")))?;
        let cells: Vec<_> = row.split(',').collect();
        let cell = |name| Some((*cells.get(column(name)?)?).to_owned());
        Some((cell("status")?, cell("check_code")?))
    }
}

fn ask(socket: &Path, command: &str) -> Option<String> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.write_all(command.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_up_exactly_while_the_service_gets_traffic() {
    let mut stage = Stage::start();
    let Some(haproxy) = Haproxy::before(&stage) else {
        return;
    };
    for act in Act::ALL {
        stage.go(act).await;
        let expected = if act.serves() {
            ("UP".into(), "200".into())
        } else {
            ("DOWN".into(), "503".into())
        };
        for backend in ["orders", "orders_by_get", "orders_feature"] {
            eventually(&format!("{act:?}: {backend} is {expected:?}"), || {
                haproxy.verdict(backend).as_ref() == Some(&expected)
            })
            .await;
        }
        let (code, body) = wire::get(haproxy.frontend, "/health/live");
        if act.serves() {
            assert_eq!((code, &*body), (200, r#"{"status":"alive"}"#), "{act:?}");
        } else {
            assert_eq!(code, 503, "{act:?}: it asks nobody");
            assert!(!body.contains("alive"), "{act:?}: {body}");
        }
    }
}
