use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use health_core::StartupTask;

/// What can be ordered, and what it costs.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    prices: RwLock<HashMap<&'static str, i64>>,
}

/// Loads the items one by one, as slowly as a supplier's catalogue comes in. The service has not started before.
pub(crate) async fn load(catalog: Arc<Catalog>, task: StartupTask) {
    for (item, price_cents) in ITEMS {
        tokio::time::sleep(Duration::from_millis(500)).await;
        task.progress(catalog.insert(item, *price_cents));
    }
    task.complete();
}

impl Catalog {
    /// The price of one, in cents.
    pub(crate) fn price_cents(&self, item: &str) -> Option<i64> {
        let prices = self.prices.read().unwrap_or_else(PoisonError::into_inner);
        prices.get(item).copied()
    }

    /// Adds an item, and returns which part of all there are now.
    fn insert(&self, item: &'static str, price_cents: i64) -> f64 {
        let mut prices = self.prices.write().unwrap_or_else(PoisonError::into_inner);
        prices.insert(item, price_cents);
        #[expect(clippy::cast_precision_loss, reason = "there are six")]
        let done = prices.len() as f64 / ITEMS.len() as f64;
        done
    }
}

const ITEMS: &[(&str, i64)] = &[
    ("tea", 450),
    ("coffee", 790),
    ("cocoa", 620),
    ("sugar", 180),
    ("honey", 990),
    ("milk", 130),
];
