//! Chromium, driven by its own driver.

pub(crate) mod scene;
pub(crate) mod shown;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use http::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tests::{Server, free_port, missing};
use url::{ParseError, Url};

/// A browser with an empty profile that knows no name but this machine's, until it is closed or dropped.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Server,
    _profile: TempDir,
}

/// Whether the browser runs the scripts of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripts {
    Run,
    Blocked,
}

/// A file of a package that the gate installs into `target/tools`; `None` where it is not there.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let modules = root
        .expect("the workspace")
        .join("target/tools/node_modules");
    let file = modules.join(path);
    if file.exists() {
        return Some(file);
    }
    missing(path);
    None
}

impl Browser {
    /// Starts it; `None` where it is not installed.
    pub(crate) async fn start(scripts: Scripts) -> Option<Browser> {
        let (chromium, driver) = ("/usr/bin/chromium", "/usr/bin/chromedriver");
        if ![chromium, driver]
            .iter()
            .all(|path| Path::new(path).exists())
        {
            missing("Chromium with its driver");
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut command = Command::new(driver);
        command.arg(format!("--port={port}"));
        let driver = Server::start(command, profile.path(), None).unwrap();
        let user_data = format!(
            "--user-data-dir={}",
            profile.path().join("profile").display()
        );
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-popup-blocking",
            "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            &user_data,
        ];
        let scripts = match scripts {
            Scripts::Run => 1,
            Scripts::Blocked => 2,
        };
        let preferences = json!({"profile.managed_default_content_settings.javascript": scripts});
        let capabilities = json!({
            "goog:chromeOptions": {"binary": chromium, "args": arguments, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("it is written as one above");
        };
        Some(Browser {
            client: connect(port, capabilities).await,
            driver,
            _profile: profile,
        })
    }

    /// Ends the browser, and its driver.
    pub(crate) async fn close(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill();
    }

    /// Goes to a page, and returns when it is there.
    pub(crate) async fn open(&self, url: &str) {
        limited(self.client.goto(url)).await.unwrap();
    }

    /// The same, as soon as somebody listens there.
    pub(crate) async fn open_patiently(&self, url: &str) {
        for _ in 0..300 {
            if limited(self.client.goto(url)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody listens at {url} within 30 s");
    }

    /// Runs a script in the page, past the page's own policy.
    pub(crate) async fn run(&self, script: &str) -> Value {
        limited(self.client.execute(script, Vec::new()))
            .await
            .unwrap()
    }

    /// The same; `None` where the page is just being replaced by another.
    pub(crate) async fn try_run(&self, script: &str) -> Option<Value> {
        limited(self.client.execute(script, Vec::new())).await.ok()
    }

    /// Runs a script that calls its last argument when it is done.
    pub(crate) async fn run_and_wait(&self, script: &str) -> Value {
        limited(self.client.execute_async(script, Vec::new()))
            .await
            .unwrap()
    }

    /// Waits until a script returns this, also across the page's own refreshing.
    pub(crate) async fn comes_to(&self, script: &str, expected: Value) {
        let mut last = None;
        for _ in 0..400 {
            last = self.try_run(script).await;
            if last.as_ref() == Some(&expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("`{script}` is not {expected} within 40 s, but {last:?}");
    }

    /// Presses a key, given by its code in `WebDriver`.
    pub(crate) async fn press(&self, key: &str) {
        let keys = [
            json!({"type": "keyDown", "value": key}),
            json!({"type": "keyUp", "value": key}),
        ];
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": keys}]});
        self.issue("actions", actions).await;
    }

    /// Shows the page on a medium, to somebody who prefers this.
    pub(crate) async fn prefer(&self, medium: &str, features: &[(&str, &str)]) {
        let features = features.iter();
        let features = features.map(|(name, value)| json!({"name": name, "value": value}));
        let media = json!({"media": medium, "features": features.collect::<Vec<_>>()});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// How many sheets of paper the page takes.
    pub(crate) async fn sheets(&self) -> usize {
        let pdf = self.devtools("Page.printToPDF", json!({})).await;
        let pdf = BASE64_STANDARD
            .decode(pdf["data"].as_str().unwrap())
            .unwrap();
        String::from_utf8_lossy(&pdf)
            .matches("/Type /Page\n")
            .count()
    }

    /// What came to stand in the console since the last time.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.log("browser").await;
        entries.iter().map(Value::to_string).collect()
    }

    /// What was asked for since the last time, but for this page.
    pub(crate) async fn asked_elsewhere(&self, page: &str) -> Vec<String> {
        let mut asked = self.asked().await;
        assert!(!asked.is_empty(), "the page itself is asked for");
        asked.retain(|url| url.split(['?', '#']).next() != Some(page) && !url.starts_with("data:"));
        asked
    }

    /// What was asked for since the last time, but for what the browser's own pages asked for.
    async fn asked(&self) -> Vec<String> {
        let messages = self.log("performance").await.into_iter();
        messages
            .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
            .filter_map(|message: Value| {
                let event = &message["message"];
                let (asks, request) = (&event["method"], &event["params"]);
                let page = request["documentURL"].as_str()?;
                let url = request["request"]["url"].as_str()?;
                (asks == "Network.requestWillBeSent" && !page.starts_with("chrome:"))
                    .then(|| url.to_owned())
            })
            .collect()
    }

    /// Shows the page in a window of this size.
    pub(crate) async fn resize(&self, (width, height): (u32, u32)) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// The whole page as a PNG, also what is below the window.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let picture = self
            .devtools(
                "Page.captureScreenshot",
                json!({"captureBeyondViewport": true}),
            )
            .await;
        BASE64_STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap()
    }

    /// Gives a command of the `DevTools` protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.issue(
            "goog/cdp/execute",
            json!({"cmd": command, "params": parameters}),
        )
        .await
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let Value::Array(entries) = self.issue("se/log", json!({"type": kind})).await else {
            panic!("a log is a list");
        };
        entries
    }

    async fn issue(&self, path: &'static str, body: Value) -> Value {
        let issued = self.client.issue_cmd(Extension { path, body });
        limited(issued).await.unwrap()
    }
}

/// A browser that does not answer fails the test, and does not hold it.
async fn limited<F: Future>(answer: F) -> F::Output {
    let limit = Duration::from_mins(1);
    let answer = tokio::time::timeout(limit, answer).await;
    answer.expect("the browser answers within a minute")
}

async fn connect(port: u16, capabilities: Capabilities) -> Client {
    for _ in 0..300 {
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.clone());
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return client,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the driver does not start within 30 s");
}

/// A command of this driver's own.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.expect("a client has a session");
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
