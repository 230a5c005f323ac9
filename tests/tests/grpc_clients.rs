//! What the gRPC of Python and of Node make of the answers.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tests::grpc::{Served, Shop, State};
use tests::threads::wait_for;
use tests::{installed, missing};

/// Each name, and what `Check` says to it while the shop is degraded.
const ANSWERS: [(&str, &str); 7] = [
    ("", "SERVING degraded"),
    ("readiness", "SERVING degraded"),
    ("shop.v1.Orders", "SERVING degraded"),
    ("shop.v1.Search", "NOT_SERVING not_ready"),
    ("liveness", "SERVING alive"),
    ("startup", "SERVING started"),
    ("unneeded", "NOT_FOUND"),
];

/// Where the gate puts what is installed for tests alone.
fn tools(of: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join("target/tools").join(of)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/grpc_clients")
        .join(name)
}

/// Runs a script with Python's gRPC; `None` where that is not installed.
fn python(name: &str) -> Option<Command> {
    let (python, modules) = (installed("python3"), tools("python"));
    let Some(python) = python.filter(|_| modules.join("grpc_health").exists()) else {
        missing("grpcio");
        return None;
    };
    let mut command = Command::new(python);
    command.arg(script(name)).env("PYTHONPATH", modules);
    Some(command)
}

/// Runs a script with Node's gRPC; `None` where that is not installed.
fn node(name: &str) -> Option<Command> {
    let (node, modules) = (installed("node"), tools("node/node_modules"));
    let Some(node) = node.filter(|_| modules.join("@grpc/grpc-js").exists()) else {
        missing("@grpc/grpc-js");
        return None;
    };
    let mut command = Command::new(node);
    command.arg(script(name)).env("NODE_PATH", modules);
    Some(command)
}

/// A client that a test talks with, line by line. Ends with it.
struct Client {
    child: Child,
    says: BufReader<ChildStdout>,
    hears: ChildStdin,
}

impl Client {
    fn start<A: AsRef<OsStr>>(
        mut command: Command,
        arguments: impl IntoIterator<Item = A>,
    ) -> Client {
        let piped = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        Client {
            says: BufReader::new(child.stdout.take().unwrap()),
            hears: child.stdin.take().unwrap(),
            child,
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// How many orders are taken of so many.
    fn order(&mut self, channel: &str, count: usize) -> usize {
        writeln!(self.hears, "{channel} {count}").unwrap();
        self.line().parse().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn open(state: State) -> (Shop, Served) {
    let mut shop = Shop::open();
    shop.go(State::Ready).await;
    shop.go(state).await;
    let served = Served::shop(&shop.health).await;
    (shop, served)
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_node_read_what_check_says() {
    let (_shop, served) = open(State::Degraded).await;
    let address = served.address.to_string();
    let python = python("health.py").map(|mut command| {
        command.arg("check");
        command
    });
    for command in [python, node("check.js")].into_iter().flatten() {
        let program = command.get_program().to_owned();
        let names = ANSWERS.iter().map(|(name, _)| *name);
        let mut client = Client::start(command, [&*address].into_iter().chain(names));
        for (name, expected) in ANSWERS {
            assert_eq!(client.line(), expected, "{program:?}: {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn python_is_told_of_every_change_until_draining_is_over() {
    let (mut shop, served) = open(State::Ready).await;
    let mut clients = Vec::new();
    for name in ["", "liveness", "unneeded"] {
        let Some(python) = python("health.py") else {
            return;
        };
        let address = served.address.to_string();
        clients.push(Client::start(python, ["watch", &address, name]));
    }
    let [all, live, unneeded] = &mut clients[..] else {
        unreachable!("three names");
    };
    assert_eq!(all.line(), "SERVING");
    shop.go(State::NotReady).await;
    assert_eq!(all.line(), "NOT_SERVING");
    shop.go(State::Degraded).await;
    assert_eq!(all.line(), "SERVING");
    shop.go(State::Draining).await;
    assert_eq!([all.line(), all.line()], ["NOT_SERVING", "end"]);
    assert_eq!([live.line(), live.line()], ["SERVING", "end"]);
    assert_eq!(
        [unneeded.line(), unneeded.line()],
        ["SERVICE_UNKNOWN", "end"]
    );
}

/// Two servers and a client that spreads its orders evenly over those that it takes to be healthy.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_checks_health_orders_only_from_who_is_serving() {
    let (_one, first) = open(State::Ready).await;
    let (mut other, second) = open(State::Ready).await;
    // It goes on to serve while it drains.
    drop(
        other
            .health
            .drain_on(std::future::pending(), Duration::from_secs(600)),
    );
    let Some(python) = python("orders.py") else {
        return;
    };
    let addresses = [first.address, second.address].map(|address| address.to_string());
    let mut client = Client::start(python, addresses);
    // How many of so many orders reach the second server; none is lost, whoever takes it.
    let mut of_second = |channel: &str, count| {
        let before = [&first, &second].map(|served| served.orders.load(Ordering::SeqCst));
        assert_eq!(client.order(channel, count), count, "{channel}");
        let after = [&first, &second].map(|served| served.orders.load(Ordering::SeqCst));
        let [first, second] = [0, 1].map(|at| after[at] - before[at]);
        assert_eq!(first + second, count, "{channel}");
        second
    };
    for state in [State::Ready, State::NotReady, State::Ready, State::Draining] {
        other.go(state).await;
        let gets_orders = state == State::Ready;
        // The client hears of it a moment later.
        wait_for(&format!("{state:?}: the client knows"), || {
            (of_second("checked", 10) > 0) == gets_orders
        });
        let of_checked = of_second("checked", 200);
        assert_eq!(
            of_checked > 0,
            gets_orders,
            "{state:?}: {of_checked} of 200"
        );
        wait_for(&format!("{state:?}: a plain channel does not look"), || {
            of_second("plain", 10) > 0
        });
    }
}
