//! Load balancers with their documented configurations, in front of three instances.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::stage::{Act, Framework, Stage};
use crate::{Server, eventually, free_port, installed, missing, snippet, wire};

/// A load balancer that has a file in `docs/probers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `HAProxy`.
    Haproxy,
    /// nginx, which asks nobody.
    Nginx,
    /// Envoy.
    Envoy,
    /// Traefik.
    Traefik,
    /// Caddy.
    Caddy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [
        Kind::Haproxy,
        Kind::Nginx,
        Kind::Envoy,
        Kind::Traefik,
        Kind::Caddy,
    ];

    /// The file that its configuration is in.
    pub fn file(self) -> &'static str {
        match self {
            Kind::Haproxy => "haproxy.cfg",
            Kind::Nginx => "nginx.conf",
            Kind::Envoy => "envoy.yaml",
            Kind::Traefik => "traefik-orders.yaml",
            Kind::Caddy => "Caddyfile",
        }
    }

    /// Its program; `None`, after a word about it, where it is not installed.
    pub fn program(self) -> Option<PathBuf> {
        let (command, name) = match self {
            Kind::Haproxy => ("haproxy", "HAProxy"),
            Kind::Nginx => ("nginx", "nginx"),
            Kind::Envoy => ("envoy", "Envoy"),
            Kind::Traefik => ("traefik", "Traefik"),
            Kind::Caddy => ("caddy", "Caddy"),
        };
        let program = installed(command);
        if program.is_none() {
            missing(name);
        }
        program
    }

    /// What makes it ask more often, and wait for longer since the machine of a test may be busy.
    pub fn quicker(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Kind::Haproxy => &[
                ("inter 2s fastinter 500ms", "inter 100ms fastinter 50ms"),
                ("timeout check 2s", "timeout check 10s"),
            ],
            Kind::Nginx => &[],
            Kind::Envoy => &[
                (" interval: 2s", " interval: 0.1s"),
                ("no_traffic_interval: 2s", "no_traffic_interval: 0.1s"),
                ("- timeout: 2s", "- timeout: 10s"),
            ],
            Kind::Traefik => &[
                ("interval: 2s", "interval: 100ms"),
                ("timeout: 2s", "timeout: 10s"),
            ],
            Kind::Caddy => &[
                ("health_interval 1s", "health_interval 100ms"),
                ("health_timeout 2s", "health_timeout 10s"),
            ],
        }
    }
}

/// A load balancer that runs, until it is dropped.
#[derive(Debug)]
pub struct Balancer {
    /// Which one.
    pub kind: Kind,
    /// Where it takes requests.
    pub address: SocketAddr,
    directory: TempDir,
    server: Server,
}

impl Balancer {
    /// Starts it as its file says but for the addresses, with other texts for some of the file's own; `None`
    /// where it is not installed.
    ///
    /// # Panics
    ///
    /// When it cannot be started, and when the file has not the texts that others shall stand for.
    pub async fn start(
        kind: Kind,
        instances: [SocketAddr; 3],
        others: &[(&str, &str)],
    ) -> Option<Balancer> {
        let program = kind.program()?;
        let directory = tempfile::tempdir().expect("a directory");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let command = match kind {
            Kind::Haproxy => haproxy(program, directory.path()),
            Kind::Nginx => nginx(program, directory.path()),
            Kind::Envoy => envoy(program, directory.path()),
            Kind::Traefik => traefik(program, directory.path(), address),
            Kind::Caddy => caddy(program, directory.path()),
        };
        let text = snippet(kind.file(), others);
        let text = addressed(kind, &text, address, instances, directory.path());
        fs::write(directory.path().join(kind.file()), text).expect("a directory to write to");
        let server = Server::start(command, directory.path(), None).expect("it is installed");
        let balancer = Balancer {
            kind,
            address,
            directory,
            server,
        };
        let listens = || {
            let listens = TcpStream::connect(address).is_ok();
            // Traefik listens before it has read what to do with a request.
            listens && (kind != Kind::Traefik || balancer.get("/").1 != "404 page not found\n")
        };
        eventually(&format!("{kind:?} listens"), listens).await;
        Some(balancer)
    }

    /// Lets it read its file again, with other texts for some of its own.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written.
    pub fn reload(&self, own: &str, other: &str) -> io::Result<()> {
        let path = self.directory.path().join(self.kind.file());
        let text = fs::read_to_string(&path)?;
        fs::write(&path, text.replace(own, other))?;
        self.server.reload();
        Ok(())
    }

    /// Where it keeps its files.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Asks for a path: the code, and the body.
    pub fn get(&self, path: &str) -> (u16, String) {
        wire::get(self.address, path)
    }
}

/// The configuration with a test's addresses.
fn addressed(
    kind: Kind,
    text: &str,
    address: SocketAddr,
    instances: [SocketAddr; 3],
    directory: &Path,
) -> String {
    let mut replaced = text.to_owned();
    let mut replace = |own: &str, other: &str| {
        assert!(replaced.contains(own), "{} has no `{own}`", kind.file());
        replaced = replaced.replace(own, other);
    };
    let at = directory.display();
    let written = |address: SocketAddr| match kind {
        Kind::Envoy => format!("address: {}, port_value: {}", address.ip(), address.port()),
        _ => address.to_string(),
    };
    if kind != Kind::Traefik {
        let public = match kind {
            Kind::Caddy => (":8000".to_owned(), format!(":{}", address.port())),
            _ => (written(([127, 0, 0, 1], 8000).into()), written(address)),
        };
        replace(&public.0, &public.1);
    }
    let documented = [1, 2, 3].map(|host| SocketAddr::from(([127, 0, 0, host], 8080)));
    for (own, other) in documented.into_iter().zip(instances) {
        replace(&written(own), &written(other));
    }
    match kind {
        Kind::Haproxy => replace("/run/haproxy/admin.sock", &format!("{at}/admin.sock")),
        Kind::Nginx => {
            let kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|files| format!("{files}_temp_path {at}/{files};"));
            replace("http {", &format!("http {{ {}", kept.concat()));
        }
        Kind::Envoy => {
            let admin = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
            replace(&written(([127, 0, 0, 1], 9901).into()), &written(admin));
            // It keeps a connection open for a second after an answer of its own.
            let prefix = "stat_prefix: public";
            let closes = format!("{prefix}\n{:16}delayed_close_timeout: 0s", "");
            replace(prefix, &closes);
        }
        Kind::Traefik => {}
        Kind::Caddy => replace(
            "admin 127.0.0.1:2019",
            &format!("admin unix/{at}/admin.sock"),
        ),
    }
    replaced
}

fn haproxy(program: PathBuf, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .arg("-db")
        .arg("-f")
        .arg(directory.join("haproxy.cfg"));
    command
}

fn nginx(program: PathBuf, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(["-e", "stderr", "-c"])
        .arg(directory.join("nginx.conf"));
    let pid = directory.join("pid");
    command.args(["-g", &format!("daemon off; pid {};", pid.display())]);
    command
}

fn envoy(program: PathBuf, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-c").arg(directory.join("envoy.yaml"));
    // Several may run beside each other.
    command.args([
        "--disable-hot-restart",
        "--concurrency",
        "2",
        "--log-level",
        "warning",
    ]);
    command
}

fn traefik(program: PathBuf, directory: &Path, address: SocketAddr) -> Command {
    let orders = directory.join("traefik-orders.yaml");
    let file = snippet(
        "traefik.yaml",
        &[
            ("127.0.0.1:8000", &address.to_string()),
            (
                "/etc/traefik/traefik-orders.yaml",
                &orders.display().to_string(),
            ),
        ],
    );
    let path = directory.join("traefik.yaml");
    fs::write(&path, file).expect("a directory to write to");
    let mut command = Command::new(program);
    command.arg(format!("--configFile={}", path.display()));
    command
}

fn caddy(program: PathBuf, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["run", "--adapter", "caddyfile", "--config"]);
    command.arg(directory.join("Caddyfile"));
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(variable, directory);
    }
    command
}

/// Three instances and a balancer before them, which asks more often than its file says.
#[derive(Debug)]
pub struct Fleet {
    /// The instances.
    pub stages: [Stage; 3],
    /// What stands before them.
    pub balancer: Balancer,
}

impl Fleet {
    /// Starts it, the balancer first, each instance in a state; `None` where the balancer is not installed.
    ///
    /// # Panics
    ///
    /// As [`Balancer::start`], and when the instances do not come to be in that state.
    pub async fn start(kind: Kind, acts: [Act; 3], others: &[(&str, &str)]) -> Option<Fleet> {
        // Each prober meets both.
        let stages = [Framework::Warp, Framework::Axum, Framework::Axum].map(Stage::on);
        let others = [kind.quicker(), others].concat();
        let applications = stages.each_ref().map(|stage| stage.application);
        let balancer = Balancer::start(kind, applications, &others).await?;
        let mut fleet = Fleet { stages, balancer };
        for (stage, act) in fleet.stages.iter_mut().zip(acts) {
            stage.go(act).await;
        }
        Some(fleet)
    }

    /// All instances go to a state.
    ///
    /// # Panics
    ///
    /// As [`Stage::go`].
    pub async fn go(&mut self, act: Act) {
        for stage in &mut self.stages {
            stage.go(act).await;
        }
    }

    /// How many of twelve requests each instance got.
    ///
    /// # Errors
    ///
    /// With an answer that is none of theirs.
    pub fn shares(&self, path: &str) -> Result<[usize; 3], (u16, String)> {
        let ports = self
            .stages
            .each_ref()
            .map(|stage| stage.application.port().to_string());
        let mut shares = [0; 3];
        for _ in 0..12 {
            let (code, body) = self.balancer.get(path);
            match ports.iter().position(|port| *port == body) {
                Some(instance) if code == 200 => shares[instance] += 1,
                _ => return Err((code, body)),
            }
        }
        Ok(shares)
    }

    /// Waits until each instance gets requests or does not, and no request is lost meanwhile.
    ///
    /// # Panics
    ///
    /// When a request is answered by none of them, and when it does not come to that.
    pub async fn settles(&self, what: &str, path: &str, expected: [bool; 3]) {
        let mut settled = 0;
        eventually(what, || {
            let shares = self
                .shares(path)
                .unwrap_or_else(|answer| panic!("{what}: {answer:?}"));
            settled = if shares.map(|share| share > 0) == expected {
                settled + 1
            } else {
                0
            };
            // It could be there by chance, on its way.
            settled == 3
        })
        .await;
    }

    /// Waits until requests are served.
    ///
    /// # Panics
    ///
    /// When they are not.
    pub async fn serves(&self, path: &str) {
        eventually("requests are served", || self.shares(path).is_ok()).await;
    }

    /// Waits until requests are answered by the balancer itself, with this code.
    ///
    /// # Panics
    ///
    /// When it does not come to that.
    pub async fn answers_itself(&self, what: &str, path: &str, expected: u16) {
        eventually(what, || {
            self.shares(path).is_err_and(|(code, _)| code == expected)
        })
        .await;
        for _ in 0..12 {
            assert_eq!(self.balancer.get(path).0, expected, "{what}");
        }
    }

    /// Starts one whose first instance goes through every state, while the others are ready.
    ///
    /// # Panics
    ///
    /// When a request is lost, and when the first instance gets none in a state in which it should, or some
    /// in one in which it should not.
    pub async fn sends_to_the_first(kind: Kind, path: &str, gets: impl Fn(Act) -> bool) {
        let acts = [Act::Starting, Act::Ready, Act::Ready];
        let Some(mut fleet) = Fleet::start(kind, acts, &[]).await else {
            return;
        };
        fleet.serves(path).await;
        for act in Act::ALL {
            fleet.stages[0].go(act).await;
            let what = format!("{act:?}: the first gets {path}: {}", gets(act));
            fleet.settles(&what, path, [gets(act), true, true]).await;
        }
    }

    /// Starts one of whose first instance's answers every second is lost, and shows that the instance is never
    /// without requests.
    ///
    /// # Panics
    ///
    /// When a request is lost, and when the instance is without one.
    pub async fn forgives_a_lost_answer(kind: Kind, others: &[(&str, &str)]) {
        let Some(fleet) = Fleet::start(kind, [Act::Ready; 3], others).await else {
            return;
        };
        fleet.serves("/").await;
        fleet.settles("all are ready", "/", [true; 3]).await;
        fleet.stages[0].lose_answers(1);
        eventually("answers are lost", || {
            let shares = fleet.shares("/").expect("instances answer");
            let asked = fleet.stages[0].asked_meanwhile();
            assert!(
                shares[0] > 0,
                "{kind:?}: {shares:?} after {asked} questions"
            );
            asked >= 40
        })
        .await;
    }

    /// Starts one of whose first instance's answers some are lost, and shows that the instance is without requests
    /// for a while, again and again.
    ///
    /// # Panics
    ///
    /// When a request is lost, and when the instance always gets some, or none any more.
    pub async fn holds_lost_answers_against_an_instance(kind: Kind) {
        let Some(fleet) = Fleet::start(kind, [Act::Ready; 3], &[]).await else {
            return;
        };
        fleet.serves("/").await;
        fleet.settles("all are ready", "/", [true; 3]).await;
        // Two in a row, since what is written in Go asks once more when a kept connection is closed.
        fleet.stages[0].lose_answers(2);
        for expected in [false, true, false, true] {
            let gets = || fleet.shares("/").expect("instances answer")[0] > 0;
            eventually(&format!("it gets requests: {expected}"), || {
                gets() == expected
            })
            .await;
        }
    }
}
