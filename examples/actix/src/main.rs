//! `cargo run -p actix-example`: the orders of `examples/quickstart`, on actix-web.
//!
//! There is no crate of ours for actix-web. The listener needs none: it is a server of its own, and serves all
//! probes. `adapter.rs` is what it takes to have the public ones on the application's port as well.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (8080), and keeps its files in `DATA_DIR` (`data`). What is
//! private of its health is at `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081).

mod adapter;
mod routes;

use std::error::Error;
use std::io::IsTerminal;
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::{App, HttpServer};
use health_core::{Health, shutdown_signal};
use health_http::{Access, Endpoints, Listener};
use orders::{Resources, Settings};

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
            eprintln!("actix-example: {error}");
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
        .map_err(|error| format!("cannot listen at {address}: {error}: set PORT to another one"))?;
    let resources = Resources::create(&settings)?;
    let errors = resources.errors.clone();

    let mut builder = Health::builder()
        .service("actix-example")
        .version(env!("CARGO_PKG_VERSION"));
    let catalog = builder.startup_task("catalog");
    let health = resources.state(builder).start()?;
    let orders = resources.open(&health, catalog)?;

    // Held to the end, so it answers while the application drains.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    settings.print_what_to_try(listener.local_addr()?, private.addresses()[0]);
    let of_service = health.clone();
    let server = HttpServer::new(move || {
        let health = of_service.clone();
        App::new()
            .configure(adapter::probes(Endpoints::probes(&health)))
            .configure(routes(&health, &errors, &orders))
            .wrap_fn(move |request, next| {
                let (health, response) = (health.clone(), next.call(request));
                async move {
                    let mut response = response.await?;
                    adapter::draining(&health, &mut response);
                    Ok(response)
                }
            })
    });
    let server = server.workers(2).disable_signals().listen(listener)?.run();
    let handle = server.handle();
    let drained = health.drain_on(stop, Duration::from_secs(5));
    tokio::spawn(async move {
        drained.await;
        handle.stop(true).await;
    });
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}
