//! `cargo run -p quickstart`: takes orders, keeps them in a database, writes receipts, and says how it is.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (8080), and keeps its files in `DATA_DIR` (`data`). What is
//! private of its health is at `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081), where no proxy forwards to; that
//! listener has a thread of its own, and answers also while the service cannot.
//!
//! What the service does is in `examples/orders`; `examples/axum` is the same on axum.

mod routes;

use std::error::Error;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::{Access, Endpoints, Listener};
use orders::{Resources, Settings};
use tokio::net::TcpListener;
use warp::Filter;

use routes::routes;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    // Before all else, so that a stop is heard while it starts.
    let stop = shutdown_signal();
    let settings = Settings::from_env()?;
    let address = settings.address;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen at {address}: {error}: set PORT to another one"))?;
    let resources = Resources::create(&settings)?;
    let errors = resources.errors.clone();

    let mut builder = Health::builder()
        .service("quickstart")
        .version(env!("CARGO_PKG_VERSION"));
    let catalog = builder.startup_task("catalog");
    let health = resources.state(builder).start()?;
    let orders = resources.open(&health, catalog)?;

    // Held to the end, so it answers while the application drains.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    let routes = routes(&health, &errors, orders);
    let routes = health_warp::probes(&health).or(health_warp::draining(&health, routes));
    settings.print_what_to_try(listener.local_addr()?, private.addresses()[0]);
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(stop, Duration::from_secs(5)))
        .run();
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}
