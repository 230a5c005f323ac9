use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use deadpool_postgres::tokio_postgres::{self, Client, NoTls};
use tempfile::TempDir;
use tests::{Server, free_port, missing, unprivileged};

/// A PostgreSQL server with a database `shop`, whose owner `shop` has the password `secret`.
pub(crate) struct Postgres {
    pub(crate) server: Server,
    pub(crate) port: u16,
    programs: PathBuf,
    directory: TempDir,
}

/// A few slots only, three of them for `postgres`, so that a test can use them up.
const SLOTS: &str = "max_connections=16";

impl Postgres {
    /// Starts a new one; `None` where it is not installed.
    pub(crate) async fn start() -> Option<Postgres> {
        Postgres::start_on(free_port()).await
    }

    pub(crate) async fn start_on(port: u16) -> Option<Postgres> {
        let Some(programs) = programs() else {
            missing("PostgreSQL");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let user = unprivileged(directory.path());
        let mut initdb = Command::new(programs.join("initdb"));
        initdb
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--username=postgres", "--pgdata=data"]);
        let mut init = Server::start(initdb, directory.path(), user).unwrap();
        while init.runs() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(directory.path().join("data/pg_hba.conf"), rules)
            .unwrap_or_else(|_| panic!("initdb fails: {}", log(&directory)));
        let server = serve(&programs, directory.path(), port);
        let postgres = Postgres {
            server,
            port,
            programs,
            directory,
        };
        postgres.answers().await;
        postgres
            .tell("CREATE ROLE shop LOGIN PASSWORD 'secret'")
            .await;
        postgres.tell("CREATE DATABASE shop OWNER shop").await;
        Some(postgres)
    }

    /// Starts it again, with its data and on its port, and waits until it answers.
    pub(crate) async fn start_again(&mut self) {
        self.server = serve(&self.programs, self.directory.path(), self.port);
        self.answers().await;
    }

    /// Has its administrator say something.
    pub(crate) async fn tell(&self, sql: &str) {
        let client = self.connect("postgres").await.unwrap();
        client.batch_execute(sql).await.unwrap();
    }

    /// Ends every connection that the service has open.
    pub(crate) async fn hang_up(&self) {
        self.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop'")
            .await;
    }

    /// A connection to the database `shop` that needs no password, for as long as the client is kept.
    pub(crate) async fn connect(&self, user: &str) -> Result<Client, tokio_postgres::Error> {
        let mut config = tokio_postgres::Config::new();
        config
            .host_path(self.directory.path())
            .port(self.port)
            .user(user)
            .connect_timeout(Duration::from_secs(5));
        let (client, connection) = match config.dbname("shop").connect(NoTls).await {
            // It is about to be made.
            Err(_) if user == "postgres" => config.dbname("postgres").connect(NoTls).await?,
            connected => connected?,
        };
        tokio::spawn(connection);
        Ok(client)
    }

    async fn answers(&self) {
        for _ in 0..3_000 {
            if self.connect("postgres").await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("PostgreSQL does not start: {}", log(&self.directory));
    }
}

pub(crate) fn url(port: u16) -> String {
    format!("postgres://shop:secret@127.0.0.1:{port}/shop")
}

fn log(directory: &TempDir) -> String {
    fs::read_to_string(directory.path().join("log")).unwrap_or_default()
}

fn serve(programs: &Path, directory: &Path, port: u16) -> Server {
    let mut command = Command::new(programs.join("postgres"));
    let sockets = format!("unix_socket_directories={}", directory.display());
    command
        .args(["-D", "data", "-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1", "-c", &sockets])
        .args(["-c", SLOTS, "-c", "fsync=off", "-c", "shared_buffers=8MB"]);
    Server::start(command, directory, unprivileged(directory)).unwrap()
}

/// Where Debian puts the server's programs, or wherever they are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<_> = debian.chain(std::env::split_paths(&path)).collect();
    places.retain(|place| place.join("initdb").exists() && place.join("postgres").exists());
    places.into_iter().next()
}
