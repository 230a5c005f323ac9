use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Answer, get, request};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::{postgres, redis};

/// The service, running. From its start to its end somebody asks whether it is alive.
pub(crate) struct Shop {
    process: Child,
    pub(crate) port: u16,
    /// Where it tells what is private.
    health_port: u16,
    directory: TempDir,
    not_alive: Arc<Mutex<Vec<String>>>,
    asking: AbortHandle,
}

impl Shop {
    /// Starts the service on servers that are there, and waits until it is ready.
    pub(crate) async fn open() -> Option<(Shop, Postgres, Redis)> {
        let (postgres, redis) = tokio::join!(Postgres::start(), Redis::start());
        let (postgres, redis) = (postgres?, redis?);
        let shop = Shop::start(postgres.port, redis.port).await;
        shop.until_ready().await;
        shop.sells().await;
        Some((shop, postgres, redis))
    }

    pub(crate) async fn start(postgres: u16, redis: u16) -> Shop {
        let directory = tempfile::tempdir().unwrap();
        let file = |name| File::create(directory.path().join(name)).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_postgres-redis"))
            .env("DATABASE_URL", postgres::url(postgres))
            .env("REDIS_URL", redis::url(redis))
            .env("PORT", "0")
            .env("HEALTH_PORT", "0")
            .stdin(Stdio::null())
            .stdout(file("said"))
            .stderr(file("log"))
            .spawn()
            .unwrap();
        let said = directory.path().join("said");
        let health_port = port_said(&said, "/health/deep").await;
        let port = port_said(&said, "/health/ready").await;
        let not_alive = Arc::default();
        let asking = tokio::spawn(ask_whether_alive(port, Arc::clone(&not_alive))).abort_handle();
        Shop {
            process,
            port,
            health_port,
            directory,
            not_alive,
            asking,
        }
    }

    /// Waits until readiness says this of a check.
    pub(crate) async fn until(&self, check: &str, status: &str, reason: &str) {
        let expected = json!({ "status": status, "reason": reason });
        self.until_ready_says(&format!("{check}: {expected}"), |body| {
            body["critical"][check] == expected || body["degraded"][check] == expected
        })
        .await;
    }

    pub(crate) async fn until_ready(&self) {
        self.until_ready_says("ready", |body| body["status"] == "ready")
            .await;
    }

    /// Waits until the body of readiness is as expected; the limit only ends a broken test.
    pub(crate) async fn until_ready_says(&self, what: &str, is: impl Fn(&Value) -> bool) {
        let says_so = async || {
            let answer = self.get("/health/ready").await;
            let body = answer.json();
            let not_ready = body["status"] == "not_ready";
            assert_eq!(answer.code, if not_ready { 503 } else { 200 }, "{body}");
            is(&body)
        };
        eventually(what, says_so).await;
    }

    /// What readiness says of one check now.
    pub(crate) async fn says(&self, check: &str) -> Value {
        self.get("/health/ready").await.json()["critical"][check].clone()
    }

    /// Waits until a check was asked once more, from start to end.
    pub(crate) async fn until_asked_again(&self, check: &str) {
        let runs = async || self.deep().await["checks"][check]["last_run"].clone();
        // The first end may be that of a run that had begun before.
        for _ in 0..2 {
            let before = runs().await;
            eventually("it is asked", async || runs().await != before).await;
        }
    }

    /// The error that a check failed with, which only `/health/deep` tells.
    pub(crate) async fn error(&self, check: &str) -> String {
        let error = self.deep().await["checks"][check]["error"].clone();
        let error = error.as_str().unwrap_or_default().to_owned();
        assert_eq!(
            self.get("/health/deep").await.code,
            404,
            "not where strangers ask"
        );
        for path in ["ready", "live", "startup"] {
            let public = self.get(&format!("/health/{path}")).await.body;
            assert!(error.is_empty() || !public.contains(&error), "{public}");
        }
        error
    }

    pub(crate) async fn deep(&self) -> Value {
        get(self.health_port, "/health/deep").await.unwrap().json()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        get(self.port, path).await.unwrap()
    }

    /// Sells something, through both servers.
    pub(crate) async fn sells(&self) {
        let put = request(self.port, "POST", "/carts/ann/tea").await.unwrap();
        assert_eq!(put.code, 200, "{put:?}");
        let order = request(self.port, "POST", "/orders/ann").await.unwrap();
        assert_eq!(order.code, 201, "{order:?}");
        let id = &order.json()["id"];
        assert_eq!(
            self.get(&format!("/orders/{id}")).await.json(),
            order.json()
        );
    }

    /// It sells again, by itself, and was alive all the time.
    pub(crate) async fn has_recovered(&mut self) {
        self.until_ready().await;
        self.sells().await;
        assert!(self.process.try_wait().unwrap().is_none(), "it ended");
        let not_alive = self.not_alive.lock().unwrap();
        assert!(not_alive.is_empty(), "{not_alive:?}");
    }

    pub(crate) fn ask_to_end(&self) {
        tests::terminate(&self.process);
    }

    pub(crate) async fn has_ended(&mut self) -> ExitStatus {
        self.asking.abort();
        let mut status = None;
        eventually("it ends", async || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.asking.abort();
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            // What it said is what a reader of the failure wants to know.
            eprintln!("{}", fs::read_to_string(self.log()).unwrap_or_default());
        }
    }
}

/// Reads which port the system gave to the service.
/// The port of the first URL with this path that the service prints.
async fn port_said(said: &Path, path: &str) -> u16 {
    let mut port = None;
    eventually("it says where it listens", async || {
        let said = fs::read_to_string(said).unwrap();
        let before = said.split_once(path).map(|(before, _)| before);
        port = before.and_then(|said| said.rsplit_once(':')?.1.parse().ok());
        port.is_some()
    })
    .await;
    port.unwrap()
}

/// Waits until something holds; the limit only ends a broken test.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let all = async {
        while !holds().await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let held = timeout(Duration::from_mins(1), all).await;
    assert!(held.is_ok(), "not within a minute: {what}");
}

async fn ask_whether_alive(port: u16, not_alive: Arc<Mutex<Vec<String>>>) {
    loop {
        let live = get(port, "/health/live").await;
        let alive = live.as_ref().is_ok_and(|answer| answer.code == 200);
        if !alive {
            not_alive.lock().unwrap().push(format!("{live:?}"));
        }
        sleep(Duration::from_millis(100)).await;
    }
}
