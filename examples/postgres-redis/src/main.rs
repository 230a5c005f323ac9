//! `DATABASE_URL=postgres://shop:secret@127.0.0.1:5432/shop REDIS_URL=redis://:secret@127.0.0.1:6379 cargo run -p postgres-redis`:
//! a shop that keeps carts in Redis and orders in PostgreSQL, and says how it is.
//!
//! `PORT` (8080) is where it listens. It starts with both servers away, and works as soon as they are there.

mod carts;
mod database;
mod pool;
mod settings;
mod shop;

use std::error::Error;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::Access;
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
    let settings = Settings::from_env()?;
    let database = Arc::new(Database::new(settings.database)?);
    let carts = Arc::new(Carts::new(settings.redis)?);
    let listener = TcpListener::bind(("127.0.0.1", settings.port))
        .await
        .map_err(|error| {
            let port = settings.port;
            format!("cannot listen on port {port}: {error}: set PORT to another one")
        })?;

    let health = Health::builder()
        .version(env!("CARGO_PKG_VERSION"))
        .state(Arc::clone(&database))
        .state(Arc::clone(&carts))
        .start()?;

    let routes = health_warp::routes(&health, Access::loopback()).or(shop::routes(database, carts));
    print_what_to_try(listener.local_addr()?.port());
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(shutdown_signal(), Duration::from_secs(2)))
        .run();
    health.until_drained(server, Duration::from_secs(10)).await;
    Ok(())
}

fn print_what_to_try(port: u16) {
    println!("Listening on 127.0.0.1:{port}. Try:");
    println!("  curl -i http://127.0.0.1:{port}/health/ready");
    println!("  curl http://127.0.0.1:{port}/health/deep");
    println!("  curl -X POST http://127.0.0.1:{port}/carts/ann/tea");
    println!("  curl -X POST http://127.0.0.1:{port}/orders/ann");
    println!("  curl http://127.0.0.1:{port}/orders/1");
    println!("Break it: stop one of the two servers, freeze it, or change its password.");
}
