//! Orders in SQLite, receipts in files, prices that are loaded at the start; and what is asked of their health.
//!
//! The services in `examples/quickstart` (warp), `examples/axum` and `examples/actix` are made of it: each is an
//! address, routes, and a way to end.

mod catalog;
mod database;
mod receipts;
mod settings;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Builder, ErrorRate, Health, Outcome, StartupTask, health_check};
use serde::Deserialize;

use catalog::Catalog;
use database::Database;
use receipts::{Spool, Worker};

pub use database::Order;
pub use receipts::RECEIPTS;
pub use settings::Settings;

/// So many requests fail that somebody should look.
#[health_check(degraded)]
fn request_errors(errors: &ErrorRate) -> Outcome {
    errors.outcome()
}

/// What a service has before its health is started.
#[derive(Debug)]
pub struct Resources {
    database: Arc<Database>,
    spool: Spool,
    /// How many of the last requests failed.
    pub errors: ErrorRate,
}

impl Resources {
    /// Makes the files and directories that are missing.
    ///
    /// # Errors
    ///
    /// When one of them cannot be made.
    pub fn create(settings: &Settings) -> Result<Resources, Box<dyn Error>> {
        Ok(Resources {
            database: Arc::new(Database::create(settings.data_dir.join("orders.db"))?),
            spool: Spool::create(settings.data_dir.join("spool"))?,
            errors: ErrorRate::new(Duration::from_secs(60)),
        })
    }

    /// Gives the checks what they ask.
    pub fn state(&self, builder: Builder) -> Builder {
        builder
            .state(Arc::clone(&self.database))
            .state(self.spool.clone())
            .state(self.errors.clone())
    }

    /// Begins to work, and to load the catalogue, until which the service has not started.
    ///
    /// # Errors
    ///
    /// When there is no thread for the receipts.
    pub fn open(self, health: &Health, catalog: StartupTask) -> Result<Orders, Box<dyn Error>> {
        let heartbeat = health.heartbeat("receipts", Duration::from_secs(10))?;
        let orders = Orders {
            database: self.database,
            catalog: Arc::default(),
            worker: Arc::new(Worker::start(self.spool.clone(), heartbeat)?),
            spool: self.spool,
        };
        tokio::spawn(catalog::load(Arc::clone(&orders.catalog), catalog));
        Ok(orders)
    }
}

/// The application: it takes orders, and shows them.
#[derive(Clone, Debug)]
pub struct Orders {
    database: Arc<Database>,
    catalog: Arc<Catalog>,
    worker: Arc<Worker>,
    spool: Spool,
}

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no order.
    Malformed(String),
    /// It is an order for what there is not.
    Impossible(String),
    /// There is no such order, or no receipt of it.
    Unknown(i64),
    /// It cannot be served right now.
    Unavailable,
}

#[derive(Deserialize)]
struct NewOrder {
    item: String,
    quantity: u32,
}

impl Orders {
    /// Takes an order such as `{"item":"tea","quantity":2}`.
    ///
    /// # Errors
    ///
    /// When it is none, when there is no such item, and when it cannot be stored.
    pub async fn take(&self, body: &[u8]) -> Result<Order, Refused> {
        let new: NewOrder = serde_json::from_slice(body).map_err(|error| {
            let example = r#"send {"item":"tea","quantity":2}"#;
            Refused::Malformed(format!("{error}: {example}"))
        })?;
        let Some(price) = self.catalog.price_cents(&new.item) else {
            return Err(Refused::Impossible(format!("there is no `{}`", new.item)));
        };
        if new.quantity == 0 {
            return Err(Refused::Impossible("order at least one".into()));
        }
        let total = price * i64::from(new.quantity);
        let order = self
            .on_database(move |database| database.insert(&new.item, new.quantity, total))
            .await?;
        self.worker.write(order.clone());
        Ok(order)
    }

    /// Shows the last hundred orders.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn list(&self) -> Result<Vec<Order>, Refused> {
        self.on_database(Database::orders).await
    }

    /// Shows an order.
    ///
    /// # Errors
    ///
    /// When there is none, and when it cannot be read.
    pub async fn show(&self, id: i64) -> Result<Order, Refused> {
        let order = self.on_database(move |database| database.order(id)).await?;
        order.ok_or(Refused::Unknown(id))
    }

    /// Shows the receipt of an order.
    ///
    /// # Errors
    ///
    /// When it is not written, and when it cannot be read.
    pub async fn receipt(&self, id: i64) -> Result<String, Refused> {
        let spool = self.spool.clone();
        let receipt = blocking(move || spool.receipt(id)).await?;
        receipt.ok_or(Refused::Unknown(id))
    }

    async fn on_database<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, Refused> {
        let database = Arc::clone(&self.database);
        blocking(move || work(&database)).await
    }
}

/// Files block, so what reads them gets a thread that may.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Refused>
where
    T: Send + 'static,
    E: Error + Send + 'static,
{
    let unavailable = |error: &dyn Error| {
        tracing::error!(%error, "a request cannot be served");
        Refused::Unavailable
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| unavailable(&error))?;
    done.map_err(|error| unavailable(&error))
}

impl Refused {
    /// The status code of the answer.
    pub fn code(&self) -> u16 {
        match self {
            Refused::Malformed(_) => 400,
            Refused::Impossible(_) => 422,
            Refused::Unknown(_) => 404,
            Refused::Unavailable => 503,
        }
    }

    /// The body of the answer.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "error": self.to_string() })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Malformed(why) | Refused::Impossible(why) => f.write_str(why),
            Refused::Unknown(id) => write!(f, "there is no order {id}, or no receipt of it"),
            Refused::Unavailable => f.write_str("this cannot be served right now"),
        }
    }
}
