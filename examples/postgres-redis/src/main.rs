//! `DATABASE_URL=postgres://shop:secret@127.0.0.1:5432/shop REDIS_URL=redis://:secret@127.0.0.1:6379 cargo run -p postgres-redis`:
//! a shop that keeps carts in Redis and orders in PostgreSQL, and says how it is.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (8080); what is private of its health is at `HEALTH_HOST`
//! (127.0.0.1) and `HEALTH_PORT` (8081). It starts with both servers away, and works as soon as they are there.

mod carts;
mod database;
mod pool;
mod settings;
mod shop;

use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::{Access, Endpoints, Listener};
use tokio::net::TcpListener;
use warp::Filter;

use carts::Carts;
use database::Database;
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
            eprintln!("postgres-redis: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    // Before all else, so that a stop is heard while it starts.
    let stop = shutdown_signal();
    let settings = Settings::from_env()?;
    let database = Arc::new(Database::new(settings.database)?);
    let carts = Arc::new(Carts::new(settings.redis)?);
    let address = settings.address;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen at {address}: {error}: set PORT to another one"))?;

    let health = Health::builder()
        .service("shop")
        .version(env!("CARGO_PKG_VERSION"))
        .state(Arc::clone(&database))
        .state(Arc::clone(&carts))
        .start()?;

    // Held to the end, so it answers while the application drains.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    let routes = shop::routes(database, carts);
    let routes = health_warp::probes(&health).or(health_warp::draining(&health, routes));
    print_what_to_try(listener.local_addr()?, private.addresses()[0]);
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(stop, Duration::from_secs(5)))
        .run();
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}

fn print_what_to_try(address: SocketAddr, health_address: SocketAddr) {
    println!("Open  http://{health_address}/health/deep");
    println!("or    curl 'http://{health_address}/health/deep?verbose'");
    println!();
    println!("      curl -i http://{address}/health/ready");
    println!("      curl -X POST http://{address}/carts/ann/tea");
    println!("      curl -X POST http://{address}/orders/ann");
    println!("      curl http://{address}/orders/1");
    println!();
    println!("Break it: stop one of the two servers, freeze it, or change its password.");
}
