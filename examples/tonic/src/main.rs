//! `cargo run -p tonic-example`: takes orders over gRPC, keeps them in a database, and says how it is.
//!
//! It listens at `HOST` (127.0.0.1) and `PORT` (50051), and keeps its files in `DATA_DIR` (`data/tonic`). What is
//! private of its health is at `HEALTH_HOST` (127.0.0.1) and `HEALTH_PORT` (8081), where no proxy forwards to; that
//! listener has a thread of its own, and answers also while the service cannot.

mod client;
mod orders;
mod proto;
mod search;
mod settings;

use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_http::{Access, Endpoints, Listener};
use tokio::net::TcpListener;
use tonic::transport::server::{Server, TcpIncoming};

use orders::{Database, Orders};
use proto::orders_server::OrdersServer;
use proto::search_server::SearchServer;
use search::{Index, SEARCH, Search};
use settings::Settings;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tonic-example: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match &words[..] {
        [] => serve().await,
        words => client::ask(Settings::address_from_env()?, words).await,
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
    // Behind the port, which only one can have: the index is made anew.
    let database = Arc::new(Database::create(settings.data_dir.join("orders.db"))?);
    let index = Arc::new(Index::create(settings.data_dir.join("search.db"))?);

    let mut builder = Health::builder()
        .service("tonic-example")
        .version(env!("CARGO_PKG_VERSION"))
        .state(Arc::clone(&database))
        .state(Arc::clone(&index));
    let filled = builder.startup_task("search_index_filled");
    let health = builder.start()?;
    tokio::spawn(search::fill(Arc::clone(&index), filled));

    // Held to the end, so it answers while the application drains.
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind(settings.health_address)
        .start()
        .map_err(|error| format!("{error}: set HEALTH_PORT to another one"))?;

    print_what_to_try(
        listener.local_addr()?,
        private.addresses()[0],
        &settings.data_dir,
    );
    let probes = health_tonic::service(&health)
        .names::<OrdersServer<Orders>>()
        .names_feature::<SearchServer<Search>>(SEARCH)
        .into_server()?;
    let server = Server::builder()
        // The probes over HTTP as well, on this port.
        .accept_http1(true)
        .layer(health_tower::probes(&health).peer(health_tonic::peer))
        // So that watchers who are gone without a word are not kept.
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .add_service(probes)
        .add_service(OrdersServer::new(Orders::new(database)))
        .add_service(SearchServer::new(Search::new(index)))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            health.drain_on(stop, Duration::from_secs(5)),
        );
    if let Some(served) = health.until_drained(server, Duration::from_secs(10)).await {
        served?;
    }
    Ok(())
}

fn print_what_to_try(address: SocketAddr, health_address: SocketAddr, data_dir: &Path) {
    let data_dir = data_dir.display();
    let ask = format!("PORT={} cargo run -q -p tonic-example --", address.port());
    println!("Open  http://{health_address}/health/deep");
    println!("or    curl -i http://{address}/health/ready");
    println!();
    println!("Ask it over gRPC, at {address}, in another terminal:");
    for words in [
        "watch",
        "watch shop.v1.Search",
        "order 'green tea' 2",
        "find tea",
    ] {
        println!("      {ask} {words}");
    }
    println!();
    println!("Break it, and mend it:");
    for file in ["orders.db", "search.db"] {
        println!("      mv {data_dir}/{file} {data_dir}/elsewhere");
        println!("      mv {data_dir}/elsewhere {data_dir}/{file}");
    }
}
