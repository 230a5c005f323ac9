//! The documented Dockerfile, and the command of its `HEALTHCHECK`, which Docker runs.
#![cfg(unix)]

use std::process::Command;

use tests::stage::{Act, Stage};
use tests::{documented, installed, missing, snippet};

/// Whether it exits with 0, which is all that Docker looks at.
fn succeeds(command: &[String]) -> bool {
    let output = Command::new(&command[0]).args(&command[1..]).output();
    output.unwrap().status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_exit_code_is_the_answer() {
    if installed("curl").is_none() {
        return missing("curl");
    }
    let mut stage = Stage::start();
    let address = stage.application.to_string();
    let dockerfile = snippet("Dockerfile", &[("127.0.0.1:8080", &address)]);
    let (_, healthcheck) = dockerfile.split_once("HEALTHCHECK").unwrap();
    let (_, command) = healthcheck.split_once("CMD ").unwrap();
    let live: Vec<String> = serde_json::from_str(command).unwrap();
    let ready = live.iter().map(|word| word.replace("/live", "/ready"));
    let ready: Vec<_> = ready.collect();
    for act in Act::ALL {
        stage.go(act).await;
        assert_eq!(succeeds(&live), act.is_alive(), "{act:?}: liveness");
        assert_eq!(succeeds(&ready), act.serves(), "{act:?}: readiness");
    }
}

#[test]
fn a_linter_finds_nothing() {
    let Some(hadolint) = installed("hadolint") else {
        return missing("hadolint");
    };
    let mut command = Command::new(hadolint);
    let output = command.arg(documented("Dockerfile")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}
