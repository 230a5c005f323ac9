//! The command of the documented Dockerfile's `HEALTHCHECK`, which Docker runs with a shell.
#![cfg(unix)]

use std::process::Command;

use tests::stage::{Act, Stage};
use tests::{installed, missing, snippet};

/// Whether it exits with 0, which is all that Docker looks at.
fn succeeds(command: &str) -> bool {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    output.status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_exit_code_is_the_answer() {
    if installed("curl").is_none() {
        return missing("curl");
    }
    let mut stage = Stage::start();
    let address = stage.address.to_string();
    let dockerfile = snippet("Dockerfile", &[("127.0.0.1:8080", &address)]);
    let (_, healthcheck) = dockerfile.split_once("HEALTHCHECK").unwrap();
    let (_, live) = healthcheck.split_once("CMD ").unwrap();
    let ready = live.replace("/health/live", "/health/ready");
    for act in Act::ALL {
        stage.go(act).await;
        assert!(succeeds(live), "{act:?}: liveness");
        assert_eq!(succeeds(&ready), act.serves(), "{act:?}: readiness");
    }
}
