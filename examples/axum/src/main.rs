//! `cargo run -p axum-example`: the orders of `examples/quickstart`, on axum.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (8080), and keeps its files in `DATA_DIR` (`data`). What is
//! private of its health is at `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081), where no proxy forwards to; that
//! listener has a thread of its own, and answers also while the service cannot.

mod routes;

use std::error::Error;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use health_axum::{Access, Endpoints, Listener};
use health_core::{Health, shutdown_signal};
use orders::{Resources, Settings};
use tokio::net::TcpListener;

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
            eprintln!("axum-example: {error}");
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
        .service("axum-example")
        .version(env!("CARGO_PKG_VERSION"));
    let catalog = builder.startup_task("catalog");
    let health = resources.state(builder).start()?;
    let orders = resources.open(&health, catalog)?;

    // Held to the end, so it answers while the application drains.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    let routes = routes(&health, &errors, orders)
        .layer(health_axum::draining(&health))
        .merge(health_axum::probes(&health));
    settings.print_what_to_try(listener.local_addr()?, private.addresses()[0]);
    let server = axum::serve(listener, routes)
        .with_graceful_shutdown(health.drain_on(stop, Duration::from_secs(5)));
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}
