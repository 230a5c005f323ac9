use deadpool_postgres::tokio_postgres::{self, NoTls};
use deadpool_postgres::{
    BuildError, Client, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts,
};
use health_core::{Outcome, health_check};
use serde::Serialize;
use tokio::time::timeout;

use crate::pool::{ANSWER, Connections, FOR_CHECKS, FOR_REQUESTS, SIZE, Unavailable};

/// The PostgreSQL server that the orders are in.
#[derive(Debug)]
pub(crate) struct Database {
    pool: Pool,
}

/// An order that was placed.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) customer: String,
    pub(crate) items: Vec<String>,
}

/// Orders are kept here; without it nothing can be sold.
// Through the pool that requests use: what they would wait for, the check waits for too.
#[health_check(critical, timeout = "1s", interval = "2s")]
async fn database(database: &Database) -> Result<Connections, Unavailable> {
    let client = database.client(&FOR_CHECKS).await?;
    // A standby answers queries, and takes no orders.
    let read_only = client.query_one("SHOW transaction_read_only", &[]).await;
    match read_only.map_err(Unavailable::refused)?.get(0) {
        "off" => Ok(Connections::of(database.pool.status())),
        _ => Err(Unavailable::ReadOnly),
    }
}

/// Requests wait when all connections to the database are in use.
#[health_check(degraded, interval = "1s")]
fn connections_left(database: &Database) -> Outcome {
    let status = database.pool.status();
    let outcome = if status.size == status.max_size && status.waiting > 0 {
        Outcome::degraded(format!("{} wait for a connection", status.waiting))
    } else {
        Outcome::passed()
    };
    outcome.with_details(Connections::of(status))
}

/// Makes the table, where it is missing.
#[health_check(startup, timeout = "5s")]
async fn schema(database: &Database) -> Result<(), Unavailable> {
    let table = "CREATE TABLE IF NOT EXISTS orders (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer TEXT NOT NULL,
        items TEXT[] NOT NULL
    )";
    let made = database.ask(async |client| client.batch_execute(table).await);
    made.await
}

impl Database {
    /// Opens no connection yet, so that the service can start before its database.
    pub(crate) fn new(config: tokio_postgres::Config) -> Result<Database, BuildError> {
        let verified = ManagerConfig {
            recycling_method: RecyclingMethod::Verified,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, verified))
            .max_size(SIZE)
            .timeouts(FOR_REQUESTS)
            .runtime(Runtime::Tokio1)
            .build()?;
        Ok(Database { pool })
    }

    pub(crate) async fn insert(
        &self,
        customer: &str,
        items: Vec<String>,
    ) -> Result<Order, Unavailable> {
        let insert = "INSERT INTO orders (customer, items) VALUES ($1, $2) RETURNING id";
        let row = self
            .ask(async |client| client.query_one(insert, &[&customer, &items]).await)
            .await?;
        Ok(Order {
            id: row.get(0),
            customer: customer.to_owned(),
            items,
        })
    }

    pub(crate) async fn order(&self, id: i64) -> Result<Option<Order>, Unavailable> {
        let select = "SELECT customer, items FROM orders WHERE id = $1";
        let row = self
            .ask(async |client| client.query_opt(select, &[&id]).await)
            .await?;
        Ok(row.map(|row| Order {
            id,
            customer: row.get(0),
            items: row.get(1),
        }))
    }

    /// Asks within the limits of a request. A connection that does not answer is not used again.
    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Unavailable> {
        let client = self.client(&FOR_REQUESTS).await?;
        if let Ok(answer) = timeout(ANSWER, question(&client)).await {
            return answer.map_err(Unavailable::refused);
        }
        drop(Object::take(client));
        Err(Unavailable::Silent(ANSWER))
    }

    async fn client(&self, timeouts: &Timeouts) -> Result<Client, Unavailable> {
        let client = self.pool.timeout_get(timeouts).await;
        client.map_err(|error| Unavailable::no_connection(error, self.pool.status()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ::tests::{Network, Proxy};

    use super::*;

    #[tokio::test]
    async fn a_check_that_is_cancelled_gives_its_place_in_the_pool_back() {
        let lost = Proxy::before(9).await.unwrap();
        lost.set(Network::BlackHole);
        let url = format!("postgres://shop:secret@127.0.0.1:{}/shop", lost.port());
        let of_shop = Database::new(url.parse().unwrap()).unwrap();
        for _ in 0..3 * SIZE {
            let asked = timeout(Duration::from_millis(10), database(&of_shop)).await;
            assert!(asked.is_err(), "it waits for a connection: {asked:?}");
        }
        let asked = timeout(FOR_CHECKS.wait.unwrap() * 2, database(&of_shop)).await;
        assert!(asked.is_err(), "it waits no longer for a place: {asked:?}");
        assert_eq!(of_shop.pool.status().waiting, 0);
    }
}
