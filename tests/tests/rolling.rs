//! Three replicas are restarted one after the other, behind every documented balancer, at 200 requests a second.
//!
//! Each waits as long as the table of `docs/probers/README.md` says, so these are run on demand:
//! `cargo test -p tests --test rolling -- --ignored`.
#![cfg(unix)]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tests::balancer::{Balancer, Kind};
use tests::{Load, Server, eventually, free_port, get, say, snippet, wire};

/// No request comes for so long before an instance ends: one that gets its part has one every 15 ms.
const QUIET: Duration = Duration::from_millis(100);

/// A service, which can be started again on the same port.
struct Replica {
    port: u16,
    seconds: u64,
    server: Server,
    directory: TempDir,
}

impl Replica {
    fn start(port: u16, seconds: u64) -> Replica {
        let directory = tempfile::tempdir().unwrap();
        let server = Replica::run(port, seconds, &directory);
        Replica {
            port,
            seconds,
            server,
            directory,
        }
    }

    fn run(port: u16, seconds: u64, directory: &TempDir) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replica"));
        command.arg(port.to_string()).arg(seconds.to_string());
        Server::start(command, directory.path(), None).unwrap()
    }

    async fn is_ready(&self) {
        for _ in 0..3_000 {
            if get(self.port, "/health/ready")
                .await
                .is_ok_and(|answer| answer.code == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} does not come to be ready", self.port);
    }

    /// Ends it as Kubernetes does, and returns once it has ended.
    async fn end(&mut self) {
        self.server.terminate();
        let server = &mut self.server;
        for _ in 0..6_000 {
            if !server.runs() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} does not end", self.port);
    }

    async fn start_again(&mut self) {
        self.server = Replica::run(self.port, self.seconds, &self.directory);
        self.is_ready().await;
    }
}

async fn replicas(seconds: u64) -> [Replica; 3] {
    let replicas = [(); 3].map(|()| Replica::start(free_port(), seconds));
    for replica in &replicas {
        replica.is_ready().await;
    }
    replicas
}

fn addresses(replicas: &[Replica; 3]) -> [SocketAddr; 3] {
    replicas
        .each_ref()
        .map(|replica| (Ipv4Addr::LOCALHOST, replica.port).into())
}

/// A cell of the table in the documentation.
fn cell(prober: &str, column: usize) -> String {
    let text = snippet("README.md", &[]);
    let (_, table) = text.split_once("| drain for |").unwrap();
    let row = table
        .lines()
        .find(|line| line.starts_with(&format!("| {prober} |")));
    let row = row.unwrap().trim_matches('|');
    row.split('|').nth(column).unwrap().trim().to_owned()
}

/// For how many seconds it lets a service drain behind a prober.
fn drain(prober: &str) -> u64 {
    cell(prober, 3).strip_suffix(" s").unwrap().parse().unwrap()
}

/// Restarts all of them, one after the other, each as soon as the one before says that it is ready.
async fn restart(replicas: &mut [Replica; 3], balancer: &Balancer, load: &Load, when: &str) {
    for replica in replicas {
        let server = format!("server 127.0.0.1:{}", replica.port);
        let down = format!("{server} down");
        // It asks nobody, and is told.
        let is_told = balancer.kind == Kind::Nginx;
        if is_told {
            balancer.reload(&server, &down).unwrap();
        }
        let asked_to_end = Instant::now();
        replica.end().await;
        let last = load.counts().last.get(&replica.port.to_string()).copied();
        let after = last.map_or(Duration::ZERO, |last| {
            last.saturating_duration_since(asked_to_end)
        });
        let told = format!("{when}: the last request came {after:.1?} after it was asked to end");
        say(&told);
        // Requests that still come then are saved by another attempt, if at all.
        let delay = Duration::from_secs(replica.seconds);
        assert!(after + QUIET < delay, "{told}, and {delay:?} was its drain");
        replica.start_again().await;
        if is_told {
            balancer.reload(&down, &server).unwrap();
        }
    }
}

async fn loses_nothing(kind: Kind, prober: &str) {
    let mut replicas = replicas(drain(prober)).await;
    let Some(balancer) = Balancer::start(kind, addresses(&replicas), &[]).await else {
        return;
    };
    let serves = || wire::get(balancer.address, "/shop").0 == 200;
    eventually("it serves", serves).await;
    let load = match kind {
        // When it reads its file again it closes the connections that wait for a next request, and a client that
        // is just sending one loses it.
        Kind::Nginx => Load::over_new_connections(balancer.address, "/shop"),
        _ => Load::start(balancer.address, "/shop"),
    };
    for when in ["just started", "warm"] {
        restart(
            &mut replicas,
            &balancer,
            &load,
            &format!("{prober}, {when}"),
        )
        .await;
    }
    all_were_served(&load, prober);
}

fn all_were_served(load: &Load, prober: &str) {
    let counts = load.counts();
    let (served, lost) = (counts.served, counts.lost.len());
    say(&format!("{prober}: {served} served, {lost} lost"));
    assert!(counts.lost.is_empty(), "{prober}: {:?}", counts.lost);
    assert_eq!(
        counts.last.len(),
        3,
        "{prober}: every replica had a part: {:?}",
        counts.last
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 40 s"]
async fn a_rolling_restart_behind_haproxy_loses_no_request() {
    loses_nothing(Kind::Haproxy, "HAProxy").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 40 s"]
async fn a_rolling_restart_behind_nginx_loses_no_request() {
    loses_nothing(Kind::Nginx, "nginx").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 40 s"]
async fn a_rolling_restart_behind_envoy_loses_no_request() {
    loses_nothing(Kind::Envoy, "Envoy").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 40 s"]
async fn a_rolling_restart_behind_traefik_loses_no_request() {
    loses_nothing(Kind::Traefik, "Traefik").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 40 s"]
async fn a_rolling_restart_behind_caddy_loses_no_request() {
    loses_nothing(Kind::Caddy, "Caddy").await;
}

/// What makes `HAProxy` ask as `alb.tf` says, and try nothing again, as an application load balancer does not.
fn as_an_alb() -> [(&'static str, String); 3] {
    let number = |name| seconds("alb.tf", name);
    let (interval, timeout) = (
        number("interval            = "),
        number("timeout             = "),
    );
    let (fall, rise) = (
        number("unhealthy_threshold = "),
        number(" healthy_threshold   = "),
    );
    [
        (
            "inter 2s fastinter 500ms fall 2 rise 1",
            format!("inter {interval}s fall {fall} rise {rise}"),
        ),
        ("timeout check 2s", format!("timeout check {timeout}s")),
        ("retries 3\n    option redispatch 1", "retries 0".into()),
    ]
}

async fn alb(replicas: &[Replica; 3]) -> Option<Balancer> {
    let numbers = as_an_alb();
    let numbers = numbers.each_ref().map(|(own, other)| (*own, &**other));
    Balancer::start(Kind::Haproxy, addresses(replicas), &numbers).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 50 s"]
async fn a_rolling_restart_behind_the_numbers_of_an_alb_loses_no_request() {
    let mut replicas = replicas(drain("ALB")).await;
    let Some(balancer) = alb(&replicas).await else {
        return;
    };
    let load = Load::start(balancer.address, "/shop");
    restart(&mut replicas, &balancer, &load, "ALB").await;
    all_were_served(&load, "ALB");
}

/// The number behind a name in a documented file, in seconds where it is a duration.
fn seconds(file: &str, name: &str) -> f64 {
    let text = snippet(file, &[]);
    let is_said = |line: &&str| !line.trim_start().starts_with('#');
    let text = text.lines().filter(is_said).collect::<Vec<_>>().join("\n");
    let (_, value) = text
        .split_once(name)
        .unwrap_or_else(|| panic!("{file} has no `{name}`"));
    let value = value.split_whitespace().next().unwrap();
    let (number, scale) = match (value.strip_suffix("ms"), value.strip_suffix('s')) {
        (Some(millis), _) => (millis, 1000.0),
        (None, Some(seconds)) => (seconds, 1.0),
        (None, None) => (value, 1.0),
    };
    number.parse::<f64>().unwrap() / scale
}

#[test]
fn the_table_says_what_follows_from_the_files_and_every_drain_is_longer() {
    let haproxy = |name| seconds("haproxy.cfg", name);
    let envoy = |name| seconds("envoy.yaml", name);
    let traefik = |name| seconds("traefik-orders.yaml", name);
    let caddy = |name| seconds("Caddyfile", name);
    let alb = |name| seconds("alb.tf", name);
    let haproxy = haproxy(" inter ")
        + (haproxy(" fall ") - 1.0) * haproxy(" fastinter ")
        + haproxy("timeout check ");
    let envoy = envoy(" interval: ").max(envoy("no_traffic_interval: ")) + envoy("- timeout: ");
    let traefik = traefik(" interval: ") + traefik(" timeout: ");
    let caddy = caddy("health_interval ") * caddy("health_fails ") + caddy("health_timeout ");
    let alb = alb("interval            = ") * alb("unhealthy_threshold = ")
        + alb("timeout             = ");
    for (prober, expected) in [
        ("HAProxy", haproxy),
        ("Envoy", envoy),
        ("Traefik", traefik),
        ("Caddy", caddy),
        ("ALB", alb),
    ] {
        assert_eq!(cell(prober, 2), format!("{expected} s"), "{prober}");
        let drain = Duration::from_secs(drain(prober));
        assert!(
            drain > Duration::from_secs_f64(expected),
            "{prober}: {drain:?}"
        );
    }
    let file = snippet("alb.tf", &[]);
    assert!(
        file.contains(&format!("from_secs({})", drain("ALB"))),
        "{file}"
    );
}

/// What the figures of the table are for: without a drain, and where nothing is tried again, requests are lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_drain_loses_requests() {
    let mut replicas = replicas(0).await;
    let Some(balancer) = alb(&replicas).await else {
        return;
    };
    let load = Load::start(balancer.address, "/shop");
    eventually("every replica serves", || load.counts().last.len() == 3).await;
    replicas[0].end().await;
    eventually("requests are lost", || !load.counts().lost.is_empty()).await;
}
