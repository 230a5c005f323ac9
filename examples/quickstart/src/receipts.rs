use std::collections::VecDeque;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use health_core::health_check;

use crate::database::Order;

/// The directory that receipts are written to.
#[derive(Clone)]
pub(crate) struct Spool {
    directory: PathBuf,
}

/// Receipts wait in memory while they cannot be written.
#[health_check(degraded, timeout = "1s")]
fn spool(spool: &Spool) -> Result<(), String> {
    let probe = spool.directory.join(".probe");
    write(&probe, "written by the health check\n")?;
    fs::remove_file(&probe).map_err(|error| format!("{}: {error}", probe.display()))
}

/// The thread that writes receipts.
pub(crate) struct Worker {
    orders: mpsc::Sender<Order>,
    moved: Arc<Moved>,
}

/// A worker that stands still comes back only with the process.
#[health_check(liveness)]
fn receipt_worker_moves(worker: &Worker) -> Result<(), String> {
    let still = worker.moved.ago();
    if still < Duration::from_secs(10) {
        Ok(())
    } else {
        Err(format!("it has stood still for {still:?}"))
    }
}

impl Spool {
    pub(crate) fn create(directory: PathBuf) -> Result<Spool, String> {
        fs::create_dir_all(&directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Spool { directory })
    }

    fn write_receipt(&self, order: &Order) -> Result<(), String> {
        let text = format!(
            "{} × {}: {} cents\n",
            order.quantity, order.item, order.total_cents
        );
        write(&self.directory.join(format!("{}.txt", order.id)), &text)
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let written = fs::File::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

impl Worker {
    pub(crate) fn start(spool: Spool) -> Result<Worker, std::io::Error> {
        let (orders, received) = mpsc::channel();
        let moved = Arc::new(Moved::now());
        let of_thread = Arc::clone(&moved);
        thread::Builder::new()
            .name("receipts".into())
            .spawn(move || work(&received, &spool, &of_thread))?;
        Ok(Worker { orders, moved })
    }

    /// Has a receipt written for an order.
    pub(crate) fn receipt(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the receipt worker has ended");
        }
    }
}

fn work(received: &mpsc::Receiver<Order>, spool: &Spool, moved: &Moved) {
    let mut waiting = VecDeque::new();
    loop {
        moved.touch();
        match received.recv_timeout(Duration::from_secs(1)) {
            Ok(order) => waiting.push_back(order),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while let Some(order) = waiting.front() {
            match spool.write_receipt(order) {
                Ok(()) => drop(waiting.pop_front()),
                Err(error) => {
                    tracing::debug!(%error, waiting = waiting.len(), "receipts wait");
                    break;
                }
            }
        }
    }
}

/// When something last moved.
struct Moved {
    since: Instant,
    millis: AtomicU64,
}

impl Moved {
    fn now() -> Moved {
        Moved {
            since: Instant::now(),
            millis: AtomicU64::new(0),
        }
    }

    fn touch(&self) {
        self.millis.store(self.age(), Ordering::Relaxed);
    }

    fn ago(&self) -> Duration {
        Duration::from_millis(
            self.age()
                .saturating_sub(self.millis.load(Ordering::Relaxed)),
        )
    }

    fn age(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
