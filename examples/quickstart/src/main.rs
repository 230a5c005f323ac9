//! `cargo run -p quickstart`: takes orders, keeps them in a database, writes receipts, and says how it is.
//!
//! `PORT` (8080) is where it listens, `DATA_DIR` (`data`) is where it keeps its files. With `HEALTH_PORT`
//! health has a listener of its own besides, which answers also while the service cannot.

mod catalog;
mod database;
mod orders;
mod receipts;
mod settings;

use std::error::Error;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::{Access, Endpoints, ListenError, Listener, Listening};
use tokio::net::TcpListener;
use warp::Filter;

use catalog::Catalog;
use database::Database;
use receipts::{Spool, Worker};
use settings::Settings;

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
    let settings = Settings::from_env()?;
    let database = Arc::new(Database::create(settings.data_dir.join("orders.db"))?);
    let spool = Spool::create(settings.data_dir.join("spool"))?;
    let worker = Arc::new(Worker::start(spool.clone())?);
    let catalog = Arc::new(Catalog::default());
    let listener = TcpListener::bind(("127.0.0.1", settings.port))
        .await
        .map_err(|error| {
            format!(
                "cannot listen on port {}: {error}: set PORT to another one",
                settings.port
            )
        })?;

    let health = Health::builder()
        .version(env!("CARGO_PKG_VERSION"))
        .state(Arc::clone(&database))
        .state(spool)
        .state(Arc::clone(&worker))
        .state(Arc::clone(&catalog))
        .start()?;
    tokio::spawn(catalog::load(Arc::clone(&catalog)));

    // Dropped last, so it answers to the end.
    let _listening = match settings.health_port {
        Some(port) => Some(health_listener(&health, port)?),
        None => None,
    };

    let orders = orders::routes(database, catalog, worker);
    let routes = health_warp::routes(&health, Access::loopback()).or(orders);
    print_what_to_try(listener.local_addr()?.port(), &settings.data_dir);
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(shutdown_signal(), Duration::from_secs(2)))
        .run();
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}

fn health_listener(health: &Health, port: u16) -> Result<Listening, ListenError> {
    let endpoints = Endpoints::all(health, Access::loopback());
    let listening = Listener::new(endpoints)
        .bind(format!("127.0.0.1:{port}"))
        .start()?;
    println!(
        "health has a listener of its own: {}",
        listening.addresses()[0]
    );
    Ok(listening)
}

fn print_what_to_try(port: u16, data_dir: &Path) {
    println!("Try:");
    for path in ["live", "ready", "startup", "deep"] {
        println!("  curl -i http://127.0.0.1:{port}/health/{path}");
    }
    println!("  curl -d '{{\"item\":\"tea\",\"quantity\":2}}' http://127.0.0.1:{port}/orders");
    println!("  curl http://127.0.0.1:{port}/orders");
    let data_dir = data_dir.display();
    println!("Break it: move {data_dir}/orders.db away, or replace {data_dir}/spool by a file.");
}
