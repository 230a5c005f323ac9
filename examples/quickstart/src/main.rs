//! `cargo run -p quickstart`: takes orders, keeps them in a database, writes receipts, and says how it is.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (8080), and keeps its files in `DATA_DIR` (`data`). What is
//! private of its health is at `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081), where no proxy forwards to; that
//! listener has a thread of its own, and answers also while the service cannot.

mod catalog;
mod database;
mod orders;
mod receipts;
mod settings;

use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::{Access, Endpoints, Listener};
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
    // Before all else, so that a stop is heard while it starts.
    let stop = shutdown_signal();
    let settings = Settings::from_env()?;
    let database = Arc::new(Database::create(settings.data_dir.join("orders.db"))?);
    let spool = Spool::create(settings.data_dir.join("spool"))?;
    let worker = Arc::new(Worker::start(spool.clone())?);
    let catalog = Arc::new(Catalog::default());
    let address = settings.address;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen at {address}: {error}: set PORT to another one"))?;

    let health = Health::builder()
        .service("quickstart")
        .version(env!("CARGO_PKG_VERSION"))
        .state(Arc::clone(&database))
        .state(spool)
        .state(Arc::clone(&worker))
        .state(Arc::clone(&catalog))
        .start()?;
    tokio::spawn(catalog::load(Arc::clone(&catalog)));

    // Dropped last, so it answers to the end.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    let orders = orders::routes(database, catalog, worker);
    let routes = health_warp::probes(&health).or(health_warp::draining(&health, orders));
    print_what_to_try(
        listener.local_addr()?,
        private.addresses()[0],
        &settings.data_dir,
    );
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(stop, Duration::from_secs(2)))
        .run();
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}

fn print_what_to_try(address: SocketAddr, health_address: SocketAddr, data_dir: &Path) {
    let data_dir = data_dir.display();
    println!("Open  http://{health_address}/health/deep");
    println!("or    curl 'http://{health_address}/health/deep?verbose'");
    println!();
    for path in ["live", "ready", "startup"] {
        println!("      curl -i http://{address}/health/{path}");
    }
    println!("      curl -d '{{\"item\":\"tea\",\"quantity\":2}}' http://{address}/orders");
    println!("      curl http://{address}/orders");
    println!();
    println!("Break it, in another terminal, and mend it:");
    println!("      mv {data_dir}/orders.db {data_dir}/elsewhere");
    println!("      mv {data_dir}/elsewhere {data_dir}/orders.db");
}
