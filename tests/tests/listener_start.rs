//! A listener of its own starts where it is told to, or says everything that is wrong.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::{fmt, thread};

use health_core::Health;
use health_http::{Access, Endpoints, ListenError, Listener, Listening};
use tests::service;
use tests::wire::{body, code, get, rest};

fn endpoints(access: Access) -> Endpoints {
    Endpoints::all(&health(), access)
}

fn health() -> Health {
    service().start().unwrap()
}

fn problems(listener: Listener) -> Vec<String> {
    let error = listener.start().unwrap_err();
    error.problems().to_vec()
}

/// A directory of this test's own, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("health-listener-{}-{count}", process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("health.sock")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ask(path: &Path, what: &str) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    let request = format!("GET {what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    rest(&mut stream)
}

#[test]
fn all_problems_are_said_at_once() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = busy.local_addr().unwrap();
    let directory = Directory::new();
    fs::write(directory.socket(), "precious").unwrap();
    let listener = Listener::new(endpoints(Access::open()))
        .bind(taken)
        .bind("0.0.0.0:0")
        .bind("9090")
        .bind_unix(directory.socket())
        .bind_unix(directory.0.join("no/such/directory"))
        .connections(0);
    let error = listener.start().unwrap_err();
    let said = error.problems();
    let [
        connections,
        in_use,
        open,
        no_address,
        no_socket,
        no_directory,
    ] = said
    else {
        panic!("{error}");
    };
    assert!(connections.contains("`connections(0)`"), "{connections}");
    let in_use_said = format!("cannot listen on `{taken}`: Address already in use");
    assert!(in_use.starts_with(&in_use_said), "{in_use}");
    assert!(open.contains("`Access::open()` on `0.0.0.0:0`"), "{open}");
    assert!(open.contains("`.open_to_network()`"), "{open}");
    assert!(
        no_address.contains("`9090` is not an address"),
        "{no_address}"
    );
    assert!(
        no_socket.contains("a file that is not a socket"),
        "{no_socket}"
    );
    assert!(
        no_directory.contains("No such file or directory"),
        "{no_directory}"
    );
    let text = error.to_string();
    assert!(text.starts_with("the health listener cannot start, for 6 reasons:\n  "));
    assert_eq!(format!("{error:?}"), text);
    assert_eq!(fs::read_to_string(directory.socket()).unwrap(), "precious");
}

#[test]
fn a_listener_without_an_address_is_a_problem() {
    let said = problems(Listener::new(endpoints(Access::loopback())));
    assert_eq!(
        said,
        [r#"it has no address: say `.bind("127.0.0.1:9090")`"#]
    );
}

#[test]
fn an_open_private_answer_goes_to_the_network_only_when_that_is_said() {
    let token = || Access::token("0123456789abcdef").unwrap();
    let any_of = |access| Access::any_of([token(), access]);
    for (address, access, started) in [
        ("127.0.0.1:0", Access::open(), true),
        ("[::ffff:127.0.0.1]:0", Access::open(), true),
        ("0.0.0.0:0", Access::open(), false),
        ("[::]:0", Access::open(), false),
        ("[::ffff:0.0.0.0]:0", Access::open(), false),
        ("0.0.0.0:0", any_of(Access::open()), false),
        ("0.0.0.0:0", any_of(Access::loopback()), true),
        ("0.0.0.0:0", Access::loopback(), true),
        ("0.0.0.0:0", token(), true),
    ] {
        let listener = Listener::new(endpoints(access.clone())).bind(address);
        assert_eq!(listener.start().is_ok(), started, "{access:?} on {address}");
    }
    let public = Listener::new(Endpoints::probes(&health())).bind("0.0.0.0:0");
    assert!(public.start().is_ok(), "there is no private answer");
    let said = Listener::new(endpoints(Access::open()))
        .bind("0.0.0.0:0")
        .open_to_network();
    assert!(said.start().is_ok());
}

#[test]
fn a_unix_socket_is_its_users_alone_and_is_removed_at_the_end() {
    let directory = Directory::new();
    let path = directory.socket();
    let listening = Listener::new(endpoints(Access::open()))
        .bind_unix(&path)
        .start()
        .unwrap();
    let metadata = fs::symlink_metadata(&path).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(code(&ask(&path, "/health/deep")), Some(200));
    assert!(listening.addresses().is_empty());
    listening.shutdown();
    assert!(!path.exists());
}

#[test]
#[cfg(target_os = "linux")]
fn at_no_moment_can_others_connect_to_a_unix_socket() {
    let directory = Directory::new();
    let path = directory.socket();
    let over = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (path, over) = (path.clone(), Arc::clone(&over));
        thread::spawn(move || {
            let mut modes = BTreeSet::new();
            while !over.load(Ordering::SeqCst) {
                let found = fs::symlink_metadata(&path);
                modes.extend(found.map(|found| found.permissions().mode() & 0o777));
            }
            modes
        })
    };
    for _ in 0..100 {
        let listener = Listener::new(endpoints(Access::open())).bind_unix(&path);
        drop(listener.start().unwrap());
    }
    over.store(true, Ordering::SeqCst);
    let seen = watcher.join().unwrap();
    assert!(seen.iter().all(|mode| *mode == 0o600), "{seen:?}");
}

#[test]
fn a_peer_over_a_unix_socket_is_not_a_loopback_address() {
    let directory = Directory::new();
    let path = directory.socket();
    let listener = Listener::new(endpoints(Access::loopback())).bind_unix(&path);
    let _listening = listener.start().unwrap();
    assert_eq!(code(&ask(&path, "/health/deep")), Some(404));
    assert_eq!(
        body(&ask(&path, "/health/live")),
        "{\"status\":\"alive\"}\n"
    );
}

#[test]
fn the_socket_of_a_dead_process_is_replaced_and_that_of_a_living_one_is_not() {
    let directory = Directory::new();
    let path = directory.socket();
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "as a process leaves it that was killed");
    let living = Listener::new(endpoints(Access::open()))
        .bind_unix(&path)
        .start()
        .unwrap();
    let said = problems(Listener::new(endpoints(Access::open())).bind_unix(&path));
    let expected = format!(
        "cannot listen on `{}`: a living process listens there",
        path.display()
    );
    assert_eq!(said, [expected]);
    assert_eq!(
        code(&ask(&path, "/health/live")),
        Some(200),
        "and still does"
    );
    drop(living);
}

#[test]
fn a_socket_that_took_the_place_of_ours_stays() {
    let directory = Directory::new();
    let path = directory.socket();
    let listening = Listener::new(endpoints(Access::open()))
        .bind_unix(&path)
        .start()
        .unwrap();
    fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    listening.shutdown();
    assert!(path.exists());
    drop(other);
}

#[test]
fn nothing_is_left_where_the_start_failed() {
    let directory = Directory::new();
    let path = directory.socket();
    let said = problems(
        Listener::new(endpoints(Access::open()))
            .bind_unix(&path)
            .bind("nonsense"),
    );
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(!path.exists());
}

#[test]
fn it_listens_on_several_addresses_at_once() {
    let directory = Directory::new();
    let listening = Listener::new(endpoints(Access::open()))
        .bind("127.0.0.1:0")
        .bind_unix(directory.socket())
        .bind("127.0.0.1:0")
        .start()
        .unwrap();
    let [one, other] = *listening.addresses() else {
        panic!("{listening:?}");
    };
    for _ in 0..10 {
        assert_eq!(get(one, "/health/live").0, 200);
        assert_eq!(get(other, "/health/live").0, 200);
        assert_eq!(code(&ask(&directory.socket(), "/health/deep")), Some(200));
    }
}

#[test]
fn an_address_is_whatever_std_takes_for_one() {
    fn listens(address: impl ToSocketAddrs + fmt::Debug) {
        let written = format!("{address:?}");
        let listener = Listener::new(endpoints(Access::open())).bind(address);
        let listening = listener.start().expect(&written);
        assert_eq!(get(listening.addresses()[0], "/health/live").0, 200);
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listens("127.0.0.1:0");
    listens(String::from("127.0.0.1:0"));
    listens(("127.0.0.1", 0));
    listens(("localhost", 0));
    listens((Ipv4Addr::LOCALHOST, 0));
    listens(address);
    let taken = TcpListener::bind(address).unwrap();
    listens(&[taken.local_addr().unwrap(), address][..]);
}

#[test]
fn it_listens_on_sockets_that_listen_already() {
    let directory = Directory::new();
    let path = directory.socket();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = tcp.local_addr().unwrap();
    let listening = Listener::new(endpoints(Access::open()))
        .bound(tcp)
        .bound_unix(UnixListener::bind(&path).unwrap())
        .start()
        .unwrap();
    assert_eq!(listening.addresses(), [address]);
    assert_eq!(get(address, "/health/deep").0, 200);
    assert_eq!(code(&ask(&path, "/health/deep")), Some(200));
    listening.shutdown();
    TcpStream::connect(address).expect_err("it is closed");
    assert!(path.exists(), "it is not ours");
}

#[test]
fn a_given_socket_shows_the_private_answer_to_the_network_only_when_that_is_said() {
    let everywhere = || TcpListener::bind("0.0.0.0:0").unwrap();
    let said = problems(Listener::new(endpoints(Access::open())).bound(everywhere()));
    let [said] = &*said else { panic!("{said:?}") };
    assert!(said.starts_with("`Access::open()` on `0.0.0.0:"), "{said}");
    assert!(said.contains("`.open_to_network()`"), "{said}");
    let open = Listener::new(endpoints(Access::open())).open_to_network();
    assert!(open.bound(everywhere()).start().is_ok());
    let closed = Listener::new(endpoints(Access::loopback()));
    assert!(closed.bound(everywhere()).start().is_ok());
}

#[test]
#[cfg(target_os = "linux")]
fn a_given_socket_that_is_a_connection_is_a_problem() {
    let (unix, _other) = UnixStream::pair().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tcp = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let said = problems(
        Listener::new(endpoints(Access::open()))
            .bound(OwnedFd::from(tcp).into())
            .bound_unix(OwnedFd::from(unix).into()),
    );
    assert_eq!(said.len(), 2, "{said:?}");
    for said in said {
        assert!(said.ends_with("it does not listen"), "{said}");
    }
}

#[test]
fn a_socket_has_the_mode_that_was_said_whatever_the_mask_is() {
    let directory = Directory::new();
    let path = directory.socket();
    for mode in [0o660, 0o666, 0o600, 0o777] {
        let listener = Listener::new(endpoints(Access::open())).socket_mode(mode);
        let listening = listener.bind_unix(&path).start().unwrap();
        let found = fs::symlink_metadata(&path).unwrap();
        assert_eq!(found.permissions().mode() & 0o7777, mode);
        assert_eq!(code(&ask(&path, "/health/live")), Some(200));
        drop(listening);
    }
    let listener = Listener::new(endpoints(Access::open())).socket_mode(0o1777);
    let said = problems(listener.bind_unix(&path));
    let expected = "`socket_mode(0o1777)` is no mode: say one such as `0o660`";
    assert_eq!(said, [expected]);
    assert!(!path.exists());
}

#[test]
fn of_those_that_start_together_one_listens_and_the_others_are_told() {
    const ROUNDS: usize = 300;
    const TOGETHER: usize = 3;
    let endpoints = endpoints(Access::open());
    let directory = Directory::new();
    let path = directory.socket();
    for round in 0..ROUNDS {
        drop(UnixListener::bind(&path).unwrap());
        let together = Barrier::new(TOGETHER);
        let start = || -> Result<Listening, ListenError> {
            let listener = Listener::new(endpoints.clone()).bind_unix(&path);
            together.wait();
            listener.start()
        };
        let started: Vec<_> = thread::scope(|scope| {
            let starting: Vec<_> = (0..TOGETHER).map(|_| scope.spawn(start)).collect();
            starting.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(code(&ask(&path, "/health/live")), Some(200));
        let (listening, told): (Vec<_>, Vec<_>) = started.into_iter().partition(Result::is_ok);
        assert_eq!(listening.len(), 1, "round {round}: {told:?}");
        for error in told.into_iter().filter_map(Result::err) {
            let said = error.problems();
            let living = "a living process listens there";
            assert!(said[0].ends_with(living), "round {round}: {said:?}");
        }
        drop(listening);
        let left = fs::read_dir(&directory.0).unwrap().count();
        assert_eq!(left, 0, "round {round}");
    }
}

#[test]
fn what_takes_the_place_of_a_stale_socket_is_not_removed() {
    let endpoints = endpoints(Access::open());
    let directory = Directory::new();
    let (path, precious) = (directory.socket(), directory.0.join("precious"));
    for round in 0..1_500 {
        drop(UnixListener::bind(&path).unwrap());
        fs::write(&precious, "precious").unwrap();
        let together = Barrier::new(2);
        let started = thread::scope(|scope| {
            let mover = scope.spawn(|| {
                together.wait();
                // At another moment each time.
                for _ in 0..round * 20 {
                    std::hint::spin_loop();
                }
                fs::rename(&precious, &path).unwrap();
            });
            let listener = Listener::new(endpoints.clone()).bind_unix(&path);
            together.wait();
            let started = listener.start();
            mover.join().unwrap();
            started
        });
        drop(started);
        let found = fs::read_to_string(&path);
        assert_eq!(found.ok().as_deref(), Some("precious"), "round {round}");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_link_is_not_followed() {
    let directory = Directory::new();
    let (path, elsewhere) = (directory.socket(), directory.0.join("elsewhere"));
    for (what, make) in [("a stale socket", true), ("nothing", false)] {
        if make {
            drop(UnixListener::bind(&elsewhere).unwrap());
        }
        symlink(&elsewhere, &path).unwrap();
        let said = problems(Listener::new(endpoints(Access::open())).bind_unix(&path));
        assert!(
            said[0].ends_with("a file that is not a socket"),
            "{what}: {said:?}"
        );
        assert_eq!(elsewhere.exists(), make, "{what}");
        fs::remove_file(&path).unwrap();
        let _ = fs::remove_file(&elsewhere);
    }
}

#[test]
fn a_directory_that_somebody_else_keeps_locked_is_a_problem() {
    let directory = Directory::new();
    let lock = fs::File::open(&directory.0).unwrap();
    lock.lock().unwrap();
    let said = problems(Listener::new(endpoints(Access::open())).bind_unix(directory.socket()));
    assert!(said[0].contains("cannot be locked"), "{said:?}");
    drop(lock);
    let listener = Listener::new(endpoints(Access::open()));
    assert!(listener.bind_unix(directory.socket()).start().is_ok());
}
