//! A small service that is restarted under load: `replica PORT SECONDS`, for which it drains.

use std::time::Duration;

use health_core::{Check, Health, shutdown_signal};
use tokio::net::TcpListener;
use tokio::time::sleep;
use warp::Filter;

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (port, seconds) = (words.next(), words.next());
    let port: u16 = port.ok_or("say a port")?.parse()?;
    let seconds: u64 = seconds
        .ok_or("say for how many seconds it drains")?
        .parse()?;
    let stop = shutdown_signal();
    let health = Health::builder()
        .only([])
        .check(Check::critical("database", || async { Ok::<_, &str>(()) }))
        .start()?;
    let routes = warp::path("shop").then(move || async move {
        sleep(Duration::from_millis(5)).await;
        port.to_string()
    });
    let server = warp::serve(health_warp::probes(&health).or(routes))
        .incoming(TcpListener::bind(("127.0.0.1", port)).await?)
        .graceful(health.drain_on(stop, Duration::from_secs(seconds)))
        .run();
    health.until_drained(server, Duration::from_secs(20)).await;
    Ok(())
}
