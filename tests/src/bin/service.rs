//! A little service that tests start, stop and end from outside: `service watched`, `service stuck` or
//! `service page PORT`.

use std::time::Duration;

use health_core::{Check, Health};
use health_http::{Access, Endpoints, Listener};

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("watched") => watched().await,
        Some("stuck") => stuck().await,
        Some("page") => page().await,
        _ => Err("say `watched`, `stuck` or `page PORT`".into()),
    }
}

/// Everything that can fail liveness is watched, closely; runs until its input ends.
async fn watched() -> Result<(), Box<dyn std::error::Error>> {
    let second = Duration::from_secs(1);
    let health = Health::builder()
        .only([])
        .stall_limit(3 * second)
        .check(
            Check::liveness("moves", || std::fs::metadata(".").map(drop))
                .interval(second)
                .timeout(second),
        )
        .check(
            Check::critical("database", || async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, &str>(())
            })
            .interval(second)
            .timeout(second),
        )
        .start()?;
    let heartbeat = health.heartbeat("consumer", 2 * second)?;
    tokio::spawn(async move {
        loop {
            heartbeat.beat();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let listening = Listener::new(Endpoints::probes(&health))
        .bind("127.0.0.1:0")
        .start()?;
    println!("{}", listening.addresses()[0]);
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    Ok(())
}

/// Ends while a check is stuck for ever.
async fn stuck() -> Result<(), Box<dyn std::error::Error>> {
    let forever = || loop {
        std::thread::park();
        if std::env::args().count() == 0 {
            return Err::<(), _>("never");
        }
    };
    let health = Health::builder()
        .only([])
        .check(Check::critical_blocking("forever", forever).timeout(Duration::from_millis(50)))
        .start()?;
    let mut changes = health.subscribe();
    changes.next().await.ok_or("the engine ended")?;
    println!("stuck");
    Ok(())
}

/// Shows its page to this machine.
async fn page() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(2).ok_or("say which port")?;
    let health = Health::builder()
        .only([])
        .service("orders")
        .check(Check::critical("database", || async { Ok::<_, &str>(()) }))
        .start()?;
    let _listening = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(format!("127.0.0.1:{port}"))
        .start()?;
    std::future::pending().await
}
