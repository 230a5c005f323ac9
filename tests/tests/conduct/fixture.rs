//! The service that every server serves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use health_core::{Check, ErrorRate, Feature, Health, Status};
use health_http::{Access, Endpoints};
use tests::{eventually, service, verdict};

use crate::client::Asked;
use crate::servers::{Server, Serving};

pub(crate) const SEARCH: Feature = Feature::new("search");

pub(crate) struct Fixture {
    pub(crate) health: Health,
    pub(crate) errors: ErrorRate,
    pub(crate) address: SocketAddr,
    server: &'static Server,
    database_fails: Arc<AtomicBool>,
    index_fails: Arc<AtomicBool>,
    _serving: Serving,
}

impl Fixture {
    pub(crate) async fn start(server: &'static Server) -> Fixture {
        let (database_fails, index_fails) = <(Arc<AtomicBool>, Arc<AtomicBool>)>::default();
        let asks = |fails: &Arc<AtomicBool>| {
            let fails = Arc::clone(fails);
            move || {
                let fails = fails.load(Ordering::Relaxed);
                async move { if fails { Err("no") } else { Ok(()) } }
            }
        };
        let quick = |check: Check| {
            let often = Duration::from_millis(250);
            check.timeout(often).interval(often).retry(often / 5)
        };
        let database = Check::critical("database", asks(&database_fails));
        let index = Check::degraded("index", asks(&index_fails)).needed_by([SEARCH]);
        let health = service()
            .extend([database, index].map(quick))
            .start()
            .unwrap();
        eventually("it is ready", || health.readiness().reason.is_none()).await;
        let errors = ErrorRate::new(Duration::from_secs(600));
        let access = Access::any_of([
            Access::loopback(),
            Access::token("0123456789abcdef").unwrap(),
        ]);
        let serving = (server.serve)(
            Endpoints::all(&health, access),
            health.clone(),
            errors.clone(),
        );
        let serving = serving.await;
        Fixture {
            address: serving.address,
            health,
            errors,
            server,
            database_fails,
            index_fails,
            _serving: serving,
        }
    }

    /// Asks over the first version of HTTP that the server speaks.
    pub(crate) fn asked(&self) -> Asked {
        Asked {
            server: self.server.name,
            address: self.address,
            version: self.server.versions[0],
        }
    }

    pub(crate) async fn database_fails(&self, fails: bool) {
        self.turns("database", &self.database_fails, fails).await;
    }

    pub(crate) async fn index_fails(&self, fails: bool) {
        self.turns("index", &self.index_fails, fails).await;
    }

    async fn turns(&self, check: &str, switch: &AtomicBool, fails: bool) {
        switch.store(fails, Ordering::Relaxed);
        let expected = if fails {
            Status::Unhealthy
        } else {
            Status::Healthy
        };
        eventually(check, || verdict(&self.health, check).0 == expected).await;
    }
}
