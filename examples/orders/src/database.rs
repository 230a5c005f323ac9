use std::path::PathBuf;
use std::time::Duration;

use health_core::health_check;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use serde::Serialize;

/// The file that the orders are in.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
}

/// An order that was taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Order {
    /// Its number.
    pub id: i64,
    /// What was ordered.
    pub item: String,
    /// How many of it.
    pub quantity: u32,
    /// What they cost, in cents.
    pub total_cents: i64,
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
            quantity INTEGER NOT NULL,
            total_cents INTEGER NOT NULL
        )";
        Connection::open(&path)?.execute_batch(table)?;
        Ok(Database { path })
    }

    pub(crate) fn insert(
        &self,
        item: &str,
        quantity: u32,
        total_cents: i64,
    ) -> Result<Order, rusqlite::Error> {
        let connection = self.open()?;
        connection.execute(
            "INSERT INTO orders (item, quantity, total_cents) VALUES (?1, ?2, ?3)",
            (item, quantity, total_cents),
        )?;
        Ok(Order {
            id: connection.last_insert_rowid(),
            item: item.to_owned(),
            quantity,
            total_cents,
        })
    }

    pub(crate) fn orders(&self) -> Result<Vec<Order>, rusqlite::Error> {
        let connection = self.open()?;
        let mut orders = connection.prepare(
            "SELECT id, item, quantity, total_cents FROM orders ORDER BY id DESC LIMIT 100",
        )?;
        orders.query_map([], order)?.collect()
    }

    pub(crate) fn order(&self, id: i64) -> Result<Option<Order>, rusqlite::Error> {
        let sql = "SELECT id, item, quantity, total_cents FROM orders WHERE id = ?1";
        self.open()?.query_row(sql, [id], order).optional()
    }

    /// Opens the file, and never makes one: an empty database would pass the check.
    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        Ok(connection)
    }
}

fn order(row: &Row<'_>) -> Result<Order, rusqlite::Error> {
    Ok(Order {
        id: row.get(0)?,
        item: row.get(1)?,
        quantity: row.get(2)?,
        total_cents: row.get(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_fails_when_the_file_is_gone_and_makes_no_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("orders.db");
        let file = Database::create(path.clone()).unwrap();
        // A check is a function like any other.
        assert_eq!(database(&file), Ok(()));
        std::fs::remove_file(&path).unwrap();
        assert!(
            database(&file)
                .unwrap_err()
                .to_string()
                .contains("orders.db")
        );
        assert!(!path.exists());
    }
}
