use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use health_core::{Feature, Heartbeat, health_check};

use crate::database::Order;

/// Reading receipts again.
pub const RECEIPTS: Feature = Feature::new("receipts");

/// The directory that receipts are written to.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    directory: PathBuf,
}

/// Receipts wait in memory while they cannot be written.
#[health_check(degraded, timeout = "1s", needed_by(RECEIPTS))]
pub(crate) fn spool(spool: &Spool) -> Result<(), String> {
    let probe = spool.directory.join(".probe");
    write(&probe, "written by the health check\n")?;
    fs::remove_file(&probe).map_err(|error| format!("{}: {error}", probe.display()))
}

/// The thread that writes receipts.
#[derive(Debug)]
pub(crate) struct Worker {
    orders: mpsc::Sender<Order>,
}

impl Spool {
    pub(crate) fn create(directory: PathBuf) -> Result<Spool, String> {
        fs::create_dir_all(&directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Spool { directory })
    }

    /// The receipt of an order; `None` where it is not written.
    pub(crate) fn receipt(&self, id: i64) -> io::Result<Option<String>> {
        match fs::read_to_string(self.path(id)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write_receipt(&self, order: &Order) -> Result<(), String> {
        let text = format!(
            "{} × {}: {} cents\n",
            order.quantity, order.item, order.total_cents
        );
        write(&self.path(order.id), &text)
    }

    fn path(&self, id: i64) -> PathBuf {
        self.directory.join(format!("{id}.txt"))
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let written = fs::File::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

impl Worker {
    /// Starts the thread, which beats at least every second: it comes back only with the process.
    pub(crate) fn start(spool: Spool, heartbeat: Heartbeat) -> io::Result<Worker> {
        let (orders, received) = mpsc::channel();
        thread::Builder::new()
            .name("receipts".into())
            .spawn(move || work(&received, &spool, heartbeat))?;
        Ok(Worker { orders })
    }

    /// Has a receipt written for an order.
    pub(crate) fn write(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the receipt worker has ended");
        }
    }
}

fn work(received: &mpsc::Receiver<Order>, spool: &Spool, heartbeat: Heartbeat) {
    let mut waiting = VecDeque::new();
    loop {
        heartbeat.beat();
        match received.recv_timeout(Duration::from_secs(1)) {
            Ok(order) => waiting.push_back(order),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return heartbeat.finish(),
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
