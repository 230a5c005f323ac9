//! A live service on a listener of its own that goes from state to state as a test says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use health_core::{
    Builder, Check, Feature, Health, ReadinessStatus, Reason, ServiceReason, StartupTask,
};
use health_http::{Access, Endpoints, Listener, Listening};

use crate::{eventually, service, verdict};

/// What needs the `database` of a [`Stage`].
pub const ORDERS: Feature = Feature::new("orders");

/// A state that a service can be in, as a prober sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A startup task still runs.
    Starting,
    /// Everything passes.
    Ready,
    /// The `degraded`-class check `search` fails.
    Degraded,
    /// The `critical` check `database` fails.
    NotReady,
    /// `database` blocks its thread and does not come back.
    Hung,
    /// The service has been told to end, and serves meanwhile.
    Draining,
}

impl Act {
    /// Every state, in an order in which a service can go through them.
    pub const ALL: [Act; 6] = [
        Act::Starting,
        Act::Ready,
        Act::Degraded,
        Act::NotReady,
        Act::Hung,
        Act::Draining,
    ];

    /// Whether readiness answers 200.
    pub fn serves(self) -> bool {
        matches!(self, Act::Ready | Act::Degraded)
    }
}

/// The service, until it is dropped.
#[derive(Debug)]
pub struct Stage {
    /// Its health.
    pub health: Health,
    /// Where it listens.
    pub address: SocketAddr,
    database: Switch,
    search: Switch,
    catalog: Option<StartupTask>,
    _listening: Listening,
}

impl Stage {
    /// Starts it, in [`Act::Starting`].
    ///
    /// # Panics
    ///
    /// Where nothing can be listened on.
    pub fn start() -> Stage {
        Stage::with(service())
    }

    /// Starts it with what a test adds.
    ///
    /// # Panics
    ///
    /// As [`start`](Stage::start), and when what is added is wrong.
    pub fn with(builder: Builder) -> Stage {
        let (database, search) = (Switch::default(), Switch::default());
        let (asked, also) = (database.clone(), search.clone());
        let quick = |check: Check| {
            check
                .timeout(Duration::from_millis(100))
                .interval(Duration::from_millis(100))
                .retry(Duration::from_millis(50))
        };
        let stores = quick(Check::critical_blocking("database", move || asked.obey()))
            .description("Orders are stored here; without it nothing can be served.")
            .needed_by([ORDERS]);
        let finds = quick(Check::degraded_blocking("search", move || also.obey()))
            .description("Search still answers from the database when the index is away.");
        let mut builder = builder.extend([stores, finds]);
        let catalog = builder.startup_task("catalog");
        catalog.progress(0.4);
        let health = builder.start().expect("the service starts");
        let listening = Listener::new(Endpoints::all(&health, Access::open()))
            .bind("127.0.0.1:0")
            .start()
            .expect("loopback can be listened on");
        Stage {
            health,
            address: listening.addresses()[0],
            database,
            search,
            catalog: Some(catalog),
            _listening: listening,
        }
    }

    /// Goes to a state, and returns when the service says that it is there.
    ///
    /// # Panics
    ///
    /// When it does not come to be there within half a minute.
    pub async fn go(&mut self, act: Act) {
        if act != Act::Starting
            && let Some(catalog) = self.catalog.take()
        {
            catalog.complete();
        }
        if act == Act::Draining {
            self.health.drain();
        }
        self.search
            .set(if act == Act::Degraded { FAIL } else { PASS });
        self.database.set(match act {
            Act::NotReady => FAIL,
            Act::Hung => HANG,
            _ => PASS,
        });
        let health = &self.health;
        let database = |reason| verdict(health, "database").1 == Some(reason);
        eventually(&format!("{act:?}"), || {
            let readiness = health.readiness();
            let is = (readiness.status, readiness.reason);
            match act {
                Act::Starting => is.1 == Some(ServiceReason::Starting),
                Act::Ready => is == (ReadinessStatus::Ready, None),
                Act::Degraded => is == (ReadinessStatus::Degraded, None),
                Act::NotReady => is.0 == ReadinessStatus::NotReady && database(Reason::Failed),
                Act::Hung => is.0 == ReadinessStatus::NotReady && database(Reason::Stuck),
                Act::Draining => is.1 == Some(ServiceReason::Draining),
            }
        })
        .await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.database.set(PASS);
    }
}

/// What a check does when it is asked.
#[derive(Clone, Debug, Default)]
struct Switch(Arc<AtomicU8>);

const PASS: u8 = 0;
const FAIL: u8 = 1;
const HANG: u8 = 2;

impl Switch {
    fn set(&self, to: u8) {
        self.0.store(to, Ordering::SeqCst);
    }

    fn obey(&self) -> Result<(), &'static str> {
        while self.0.load(Ordering::SeqCst) == HANG {
            thread::sleep(Duration::from_millis(1));
        }
        match self.0.load(Ordering::SeqCst) {
            FAIL => Err("connection refused (os error 111)"),
            _ => Ok(()),
        }
    }
}
