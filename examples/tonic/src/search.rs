use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use health_core::{Feature, StartupTask, health_check};
use rusqlite::{Connection, OpenFlags};
use tonic::{Request, Response, Status};

use crate::proto::{FindRequest, FindResponse, search_server};

/// Finding things, which the shop can do without.
pub(crate) const SEARCH: Feature = Feature::new("search");

/// The file that the search index is in.
pub(crate) struct Index {
    path: PathBuf,
}

/// Orders are taken also while nothing can be found.
#[health_check(degraded, needed_by(SEARCH))]
fn search_index(index: &Index) -> Result<(), rusqlite::Error> {
    index.find("health").map(drop)
}

impl Index {
    /// Makes the file anew, with nothing in it yet.
    pub(crate) fn create(path: PathBuf) -> Result<Index, rusqlite::Error> {
        Connection::open(&path)?.execute_batch(
            "DROP TABLE IF EXISTS items; CREATE VIRTUAL TABLE items USING fts5(item)",
        )?;
        Ok(Index { path })
    }

    fn insert(&self, item: &str) -> Result<(), rusqlite::Error> {
        let statement = "INSERT INTO items (item) VALUES (?1)";
        self.open()?.execute(statement, [item]).map(drop)
    }

    /// Finds the items with a word that begins so.
    fn find(&self, word: &str) -> Result<Vec<String>, rusqlite::Error> {
        let connection = self.open()?;
        let mut items =
            connection.prepare("SELECT item FROM items WHERE items MATCH ?1 LIMIT 20")?;
        // In quotes it is a word, whatever it has in it.
        let begins = format!("\"{}\"*", word.replace('"', ""));
        items.query_map([begins], |row| row.get(0))?.collect()
    }

    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        Ok(connection)
    }
}

/// Fills the index item by item, as slowly as a supplier's catalogue comes in, and says how far it is.
pub(crate) async fn fill(index: Arc<Index>, task: StartupTask) {
    for (done, item) in (1_u8..).zip(ITEMS) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let index = Arc::clone(&index);
        let inserted = tokio::task::spawn_blocking(move || index.insert(item)).await;
        match inserted {
            Ok(Ok(())) => task.progress(f64::from(done) / f64::from(MANY)),
            Ok(Err(error)) => return task.fail(error),
            Err(error) => return task.fail(error),
        }
    }
    task.complete();
}

/// The gRPC service that finds what can be ordered.
pub(crate) struct Search {
    index: Arc<Index>,
}

impl Search {
    pub(crate) fn new(index: Arc<Index>) -> Search {
        Search { index }
    }
}

#[tonic::async_trait]
impl search_server::Search for Search {
    async fn find(&self, request: Request<FindRequest>) -> Result<Response<FindResponse>, Status> {
        let index = Arc::clone(&self.index);
        let find = move || index.find(&request.into_inner().word);
        let found = tokio::task::spawn_blocking(find).await;
        let items = found
            .map_err(|error| error.to_string())
            .and_then(|found| found.map_err(|error| error.to_string()))
            .map_err(|error| {
                tracing::error!(%error, "the search index failed");
                Status::unavailable("nothing can be found right now")
            })?;
        Ok(Response::new(FindResponse { items }))
    }
}

const MANY: u8 = 6;

const ITEMS: [&str; MANY as usize] = [
    "green tea",
    "black tea",
    "coffee beans",
    "cocoa powder",
    "cane sugar",
    "forest honey",
];
