use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use health_core::health_check;
use rusqlite::{Connection, OpenFlags};
use tonic::{Request, Response, Status};

use crate::proto::{ListRequest, ListResponse, Order, PlaceRequest, orders_server};

/// The file that the orders are in.
pub(crate) struct Database {
    path: PathBuf,
}

/// Orders are stored here; without it nothing can be served.
#[health_check(critical, timeout = "2s")]
fn database(database: &Database) -> Result<(), rusqlite::Error> {
    // A new connection: one that is open already would go on reading a file that has been moved away.
    database
        .open()?
        .query_row("SELECT count(*) FROM orders WHERE id = 0", [], |_| Ok(()))
}

impl Database {
    /// Makes the file and its table, where they are missing.
    pub(crate) fn create(path: PathBuf) -> Result<Database, rusqlite::Error> {
        let table = "CREATE TABLE IF NOT EXISTS orders (
            id INTEGER PRIMARY KEY,
            item TEXT NOT NULL,
            quantity INTEGER NOT NULL
        )";
        Connection::open(&path)?.execute_batch(table)?;
        Ok(Database { path })
    }

    fn insert(&self, item: String, quantity: u32) -> Result<Order, rusqlite::Error> {
        let connection = self.open()?;
        connection.execute(
            "INSERT INTO orders (item, quantity) VALUES (?1, ?2)",
            (&item, quantity),
        )?;
        Ok(Order {
            id: connection.last_insert_rowid(),
            item,
            quantity,
        })
    }

    fn last(&self) -> Result<Vec<Order>, rusqlite::Error> {
        let connection = self.open()?;
        let mut orders = connection
            .prepare("SELECT id, item, quantity FROM orders ORDER BY id DESC LIMIT 100")?;
        let orders = orders.query_map([], |row| {
            Ok(Order {
                id: row.get(0)?,
                item: row.get(1)?,
                quantity: row.get(2)?,
            })
        })?;
        orders.collect()
    }

    /// Opens the file, and never makes one: an empty database would be one that passes the check.
    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        Ok(connection)
    }
}

/// The gRPC service that takes orders.
pub(crate) struct Orders {
    database: Arc<Database>,
}

impl Orders {
    pub(crate) fn new(database: Arc<Database>) -> Orders {
        Orders { database }
    }

    /// The database blocks, so it gets a thread that may.
    async fn on_database<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, Status> {
        let database = Arc::clone(&self.database);
        let done = tokio::task::spawn_blocking(move || work(&database)).await;
        done.map_err(|error| error.to_string())
            .and_then(|done| done.map_err(|error| error.to_string()))
            .map_err(|error| {
                tracing::error!(%error, "the database failed");
                Status::unavailable("orders cannot be stored right now")
            })
    }
}

#[tonic::async_trait]
impl orders_server::Orders for Orders {
    async fn place(&self, request: Request<PlaceRequest>) -> Result<Response<Order>, Status> {
        let PlaceRequest { item, quantity } = request.into_inner();
        if item.is_empty() || quantity == 0 {
            return Err(Status::invalid_argument("order at least one of something"));
        }
        let order = self.on_database(move |database| database.insert(item, quantity));
        Ok(Response::new(order.await?))
    }

    async fn list(&self, _: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        let orders = self.on_database(Database::last).await?;
        Ok(Response::new(ListResponse { orders }))
    }
}
