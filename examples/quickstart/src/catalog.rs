use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use health_core::health_check;

/// What can be ordered, and what it costs.
#[derive(Default)]
pub(crate) struct Catalog {
    prices: RwLock<HashMap<&'static str, i64>>,
}

/// Orders for things that are not loaded yet would be refused.
#[health_check(startup)]
fn catalog_loaded(catalog: &Catalog) -> Result<(), String> {
    match catalog.len() {
        loaded if loaded < ITEMS.len() => {
            Err(format!("{loaded} of {} items are loaded", ITEMS.len()))
        }
        _ => Ok(()),
    }
}

/// Loads the items one by one, as slowly as a supplier's catalogue comes in.
pub(crate) async fn load(catalog: Arc<Catalog>) {
    for (item, price_cents) in ITEMS {
        tokio::time::sleep(Duration::from_millis(500)).await;
        catalog.insert(item, *price_cents);
    }
    tracing::info!(items = catalog.len(), "the catalogue is loaded");
}

impl Catalog {
    /// The price of one, in cents.
    pub(crate) fn price_cents(&self, item: &str) -> Option<i64> {
        self.prices
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(item)
            .copied()
    }

    fn insert(&self, item: &'static str, price_cents: i64) {
        self.prices
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(item, price_cents);
    }

    fn len(&self) -> usize {
        self.prices
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
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
