//! A listener of its own takes the sockets that systemd passes to a process.

#![cfg(unix)]

use std::env;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};

use health_http::{Access, Endpoints, Listener, PassedSockets};
use tests::service;
use tests::wire::{connect, get};

/// What the process that is passed a socket shows the private answer to.
const ACCESS: &str = "HEALTH_TESTS_ACCESS";

/// This very test, in a process that has a socket as its first file.
fn pass(socket: impl Into<OwnedFd>, access: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "the_process_that_is_passed_a_socket",
            "--nocapture",
        ])
        .env(ACCESS, access)
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", "0")
        .stdin(Stdio::from(socket.into()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn said(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_process_that_is_passed_a_socket() {
    let access = match env::var(ACCESS).as_deref() {
        Ok("open") => Access::open(),
        Ok("loopback") => Access::loopback(),
        // Among the tests it is nobody.
        _ => return,
    };
    let sockets = PassedSockets::take();
    let health = service().start().unwrap();
    match Listener::new(Endpoints::all(&health, access))
        .activated(sockets)
        .start()
    {
        Ok(listening) => {
            for address in listening.addresses() {
                assert_eq!(get(*address, "/health/deep").0, 200);
            }
            println!("listening on {:?}", listening.addresses());
        }
        Err(error) => println!("{error}"),
    }
}

#[test]
fn a_socket_that_is_passed_is_listened_on() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let said = said(pass(socket, "loopback"));
    assert!(
        said.contains(&format!("listening on [{address}]")),
        "{said}"
    );
}

#[test]
fn the_same_rules_hold_for_it() {
    let open = said(pass(TcpListener::bind("0.0.0.0:0").unwrap(), "open"));
    assert!(open.contains("`Access::open()` on `0.0.0.0:"), "{open}");
    let connection = connect(
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap(),
    );
    let connection = said(pass(connection, "loopback"));
    assert!(connection.contains("it does not listen"), "{connection}");
    let (datagrams, _other) = std::os::unix::net::UnixDatagram::pair().unwrap();
    let datagrams = said(pass(datagrams, "loopback"));
    assert!(
        datagrams.contains("the passed socket 0 cannot be listened on"),
        "{datagrams}"
    );
}

#[test]
fn no_socket_is_a_problem() {
    let health = service().start().unwrap();
    let none = PassedSockets::take();
    let listener = Listener::new(Endpoints::probes(&health)).activated(none);
    let error = listener.start().unwrap_err();
    let said = error.problems();
    let expected = "no socket was passed to this process: start it by a systemd `.socket` unit";
    assert_eq!(said, [expected]);
}

#[test]
fn a_unix_socket_that_is_passed_is_listened_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("health.sock");
    let said = said(pass(UnixListener::bind(&path).unwrap(), "open"));
    assert!(said.contains("listening on []"), "{said}");
    assert!(path.exists(), "it is not the process's own");
}
