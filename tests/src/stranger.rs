//! Somebody from outside who wants to see what is private, and knows every trick of spelling.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use crate::balancer::Balancer;
use crate::stage::PRIVATE;
use crate::{say, wire};

/// The hosts that the stranger says to ask.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "shop.example"];

/// What of a service is private.
const PATHS: [&str; 2] = ["/health/deep", "/health/metrics"];

/// What is public, and is passed on.
const PUBLIC: [&str; 7] = [
    "/health/live",
    "/health/ready",
    "/health/startup",
    "/health/ready/orders",
    "/health/ready/",
    "/health/live?verbose",
    "/health/ready/orders/",
];

/// Asks for what is private in every way, from every address that this machine has, and finds nothing of it.
///
/// # Panics
///
/// When something private is answered, or something public is not.
pub async fn finds_nothing_private(balancer: &Balancer) {
    let kind = balancer.kind;
    for source in sources() {
        for host in HOSTS {
            for request in requests(host) {
                let answer = exchange(source, balancer.address, &request).await;
                let told = format!("{kind:?} answers {source} to {request:?}: {answer}");
                assert!(!answer.contains(PRIVATE), "{told}");
                let refused = wire::code(&answer).is_none_or(|code| (400..500).contains(&code));
                assert!(refused, "{told}");
            }
            // What is spelt as it should be is not there, rather than wrong.
            for path in PATHS.iter().flat_map(|path| plainly(path)) {
                let request =
                    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
                let answer = exchange(source, balancer.address, &request).await;
                assert_eq!(
                    wire::code(&answer),
                    Some(404),
                    "{kind:?}, {request:?}: {answer}"
                );
            }
            for path in PUBLIC {
                let request =
                    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
                let answer = exchange(source, balancer.address, &request).await;
                assert_eq!(
                    wire::code(&answer),
                    Some(200),
                    "{kind:?}, {request:?}: {answer}"
                );
            }
        }
    }
}

/// Shows that there is something to find: what a service says to somebody on its own machine.
///
/// # Panics
///
/// When it does not say it.
pub fn would_find_it_at(application: SocketAddr) {
    for path in PATHS {
        let (code, body) = wire::get(application, path);
        assert_eq!(code, 200, "{path}: {body}");
    }
}

/// Loopback, and this machine's other address where it has one. Only the sender's address is the other one:
/// what is asked is on loopback.
fn sources() -> Vec<IpAddr> {
    let mut sources = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    match own_address() {
        Some(address) => sources.push(address.into()),
        None => say("skipped: who comes from elsewhere, since this machine has loopback only"),
    }
    sources
}

fn own_address() -> Option<Ipv4Addr> {
    let table = fs::read_to_string("/proc/net/fib_trie").ok()?;
    let lines: Vec<_> = table.lines().map(str::trim).collect();
    let local = lines.windows(2).filter(|pair| pair[1] == "/32 host LOCAL");
    let mut addresses = local.filter_map(|pair| pair[0].strip_prefix("|-- ")?.parse().ok());
    addresses.find(|address: &Ipv4Addr| !address.is_loopback())
}

/// Sends a request, and returns what comes until the connection is closed or nothing more does.
async fn exchange(source: IpAddr, address: SocketAddr, request: &str) -> String {
    let mut answer = Vec::new();
    let exchanged = async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        let mut stream = socket.connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        stream.read_to_end(&mut answer).await
    };
    // A request that is none may be left without an answer.
    let _ = timeout(Duration::from_secs(20), exchanged).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The ways to write a path that every server reads alike.
fn plainly(path: &str) -> Vec<String> {
    ["", "/", "?", "?verbose", "/?a=/health/live"]
        .iter()
        .map(|end| format!("{path}{end}"))
        .collect()
}

/// Whole requests for what is private.
fn requests(host: &str) -> Vec<String> {
    let mut requests = Vec::new();
    let head = format!("Host: {host}\r\nConnection: close\r\n");
    for path in PATHS {
        for target in spellings(path) {
            requests.push(format!("GET {target} HTTP/1.1\r\n{head}\r\n"));
        }
        for method in ["HEAD", "OPTIONS", "POST", "PUT", "get", "PROPFIND"] {
            requests.push(format!(
                "{method} {path} HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n"
            ));
        }
        requests.push(format!("GET {path} HTTP/1.0\r\n\r\n"));
        requests.push(format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n"));
        requests.push(format!("GET {path}\r\n\r\n"));
        requests.push(format!("GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n"));
        for more in [
            "Accept: text/html",
            "Accept: application/health+json",
            "Host: localhost",
            // Proxies take away what this names: here, the header that gives the stranger away.
            "Connection: close, X-Forwarded-For, X-Forwarded-Host, X-Real-Ip, Forwarded",
            "X-Forwarded-For: 127.0.0.1",
            "X-Original-URL: /health/live",
            "X-Http-Method-Override: GET",
            "Upgrade: h2c",
        ] {
            requests.push(format!("GET {path} HTTP/1.1\r\n{head}{more}\r\n\r\n"));
        }
        // Behind a request that is answered.
        let first = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let second = format!("GET {path} HTTP/1.1\r\n{head}\r\n");
        requests.push(format!("{}{second}", first.replace("/health/live", path)));
    }
    requests
}

/// Ways to write a path that some server takes for it, or might.
fn spellings(path: &str) -> Vec<String> {
    let (_, name) = path.rsplit_once('/').expect("a path below /health");
    let escape = |byte| format!("%{byte:02x}");
    let escaped = name.bytes().map(escape).collect::<Vec<_>>().concat();
    let upper = path.to_uppercase();
    let mixed = path.replace("/h", "/H");
    let mut spellings = plainly(path);
    spellings.extend([
        format!("{path}//"),
        format!("/{path}"),
        format!("//{path}"),
        format!("/health//{name}"),
        format!("//health//{name}//"),
        format!("/.{path}"),
        format!("/health/./{name}"),
        format!("{path}/."),
        format!("{path}/./"),
        format!("{path}/x/.."),
        format!("/x/..{path}"),
        format!("/..{path}"),
        format!("/../..{path}"),
        format!("/health/live/../{name}"),
        format!("/health/ready/orders/../../{name}"),
        format!("/orders/..{path}"),
        format!("/health/../health/{name}"),
        format!("/%68ealth/{name}"),
        format!("/h%65alth/{name}"),
        format!("/health/{escaped}"),
        format!("/%68%65%61%6c%74%68/{escaped}"),
        format!("/health%2f{name}"),
        format!("/health%2F{name}"),
        format!("%2fhealth/{name}"),
        format!("/%2fhealth/{name}"),
        format!("/health/%2f{name}"),
        format!("/health%2f%2f{name}"),
        format!("/%2e{path}"),
        format!("/health/%2e/{name}"),
        format!("/x/%2e%2e{path}"),
        format!("/x/..%2fhealth/{name}"),
        format!("/x%2f..%2fhealth%2f{name}"),
        format!("/health/live%2f..%2f{name}"),
        format!("/health/live/%2e%2e/{name}"),
        format!("/%2568ealth/{name}"),
        format!("/health%252f{name}"),
        format!("/health/{}", escaped.replace('%', "%25")),
        format!("/health/{}", escaped.to_uppercase()),
        upper,
        mixed,
        format!("/health/{}", name.to_uppercase()),
        format!("/health;x=1/{name}"),
        format!("{path};x=1"),
        format!("/;x=1{path}"),
        format!("/x/..;{path}"),
        format!("/health/live/..;/{name}"),
        format!("/health\\{name}"),
        format!("\\health\\{name}"),
        format!("/health/live\\..\\{name}"),
        format!("/health%5c{name}"),
        format!("{path}%00"),
        format!("{path}%00.html"),
        format!("/health/%00{name}"),
        format!("{path}%20"),
        format!("{path}%09"),
        format!("{path}%0a"),
        format!("{path}%23"),
        format!("{path}#top"),
        format!("{path}%3fverbose"),
        format!("{path}.json"),
        format!("{path}/index.html"),
        format!("/health%c0%af{name}"),
        format!("/health%ef%bc%8f{name}"),
        format!("http://localhost{path}"),
        format!("http://127.0.0.1:8080{path}"),
        format!("http://shop.example/{path}"),
        format!("HTTP://LOCALHOST{path}"),
        format!("http://localhost/x/..{path}"),
        format!("https://localhost{path}"),
        format!("//localhost{path}"),
        path.trim_start_matches('/').to_owned(),
        format!("*{path}"),
        format!("/health/ready/{name}/../../{name}"),
    ]);
    spellings
}
