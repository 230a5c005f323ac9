use std::error::Error;

use deadpool_redis::redis::{AsyncCommands, AsyncConnectionConfig, ConnectionInfo};
use deadpool_redis::{Connection, Manager, Pool, Runtime, Timeouts};
use health_core::health_check;

use crate::pool::{ANSWER, Connections, FOR_CHECKS, FOR_REQUESTS, SIZE, Unavailable};

/// The Redis server that the carts are in.
pub(crate) struct Carts {
    pool: Pool,
}

/// Carts are kept here; without it nothing can be put in one.
// By a write, because a server that is out of memory, or became a replica, answers a ping well.
#[health_check(critical, timeout = "1s", interval = "2s")]
async fn carts(carts: &Carts) -> Result<Connections, Unavailable> {
    let mut connection = carts.connection(&FOR_CHECKS).await?;
    let written: Result<(), _> = connection.set_ex("health:carts", "", 60).await;
    written.map_err(Unavailable::refused)?;
    Ok(Connections::of(carts.pool.status()))
}

impl Carts {
    /// Opens no connection yet, so that the service can start before its Redis.
    pub(crate) fn new(server: ConnectionInfo) -> Result<Carts, Box<dyn Error>> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(FOR_REQUESTS.create)
            .set_response_timeout(Some(ANSWER));
        let pool = Pool::builder(Manager::new_with_config(server, config)?)
            .max_size(SIZE)
            .timeouts(FOR_REQUESTS)
            .runtime(Runtime::Tokio1)
            .build()?;
        Ok(Carts { pool })
    }

    /// Puts an item in a cart, and returns how many are in it.
    pub(crate) async fn put(&self, customer: &str, item: &str) -> Result<u64, Unavailable> {
        let mut connection = self.connection(&FOR_REQUESTS).await?;
        let put = connection.rpush(key(customer), item).await;
        put.map_err(Unavailable::refused)
    }

    pub(crate) async fn items(&self, customer: &str) -> Result<Vec<String>, Unavailable> {
        let mut connection = self.connection(&FOR_REQUESTS).await?;
        let items = connection.lrange(key(customer), 0, -1).await;
        items.map_err(Unavailable::refused)
    }

    /// Takes the first so many items out of a cart.
    pub(crate) async fn take(&self, customer: &str, items: usize) -> Result<(), Unavailable> {
        let mut connection = self.connection(&FOR_REQUESTS).await?;
        let rest = isize::try_from(items).unwrap_or(isize::MAX);
        let taken = connection.ltrim(key(customer), rest, -1).await;
        taken.map_err(Unavailable::refused)
    }

    async fn connection(&self, timeouts: &Timeouts) -> Result<Connection, Unavailable> {
        let connection = self.pool.timeout_get(timeouts).await;
        connection.map_err(|error| Unavailable::no_connection(error, self.pool.status()))
    }
}

fn key(customer: &str) -> String {
    format!("cart:{customer}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ::tests::{Network, Proxy};
    use deadpool_redis::redis::IntoConnectionInfo;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_check_that_is_cancelled_gives_its_place_in_the_pool_back() {
        let lost = Proxy::before(9).await.unwrap();
        lost.set(Network::BlackHole);
        let url = format!("redis://127.0.0.1:{}", lost.port());
        let of_shop = Carts::new(url.into_connection_info().unwrap()).unwrap();
        for _ in 0..3 * SIZE {
            let asked = timeout(Duration::from_millis(10), carts(&of_shop)).await;
            assert!(asked.is_err(), "it waits for a connection: {asked:?}");
        }
        let asked = timeout(FOR_CHECKS.wait.unwrap() * 2, carts(&of_shop)).await;
        assert!(asked.is_err(), "it waits no longer for a place: {asked:?}");
        assert_eq!(of_shop.pool.status().waiting, 0);
    }
}
