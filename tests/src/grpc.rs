//! A gRPC server on loopback, with the health of a little shop and what the shop sells.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use health_core::{Builder, Check, Feature, Health, ReadinessStatus, ServiceReason, StartupTask};
use health_tonic::{Names, Probes};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::server::{Server, TcpIncoming};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status, Streaming};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_prost::ProstCodec;

use crate::{eventually, service};

/// What needs the index of a [`Shop`].
pub const SEARCH: Feature = Feature::new("search");

/// A state that a shop can be in, as a client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A startup task still runs.
    Starting,
    /// Everything passes.
    Ready,
    /// The `degraded`-class check `index` fails, which [`SEARCH`] needs.
    Degraded,
    /// The `critical` check `database` fails.
    NotReady,
    /// The application has declared itself broken.
    NotAlive,
    /// The service has been told to end, and serves meanwhile.
    Draining,
}

/// The health of a shop that goes from state to state as a test says.
#[derive(Debug)]
pub struct Shop {
    /// Its health.
    pub health: Health,
    database_fails: Arc<AtomicBool>,
    index_fails: Arc<AtomicBool>,
    catalog: Option<StartupTask>,
}

impl Shop {
    /// Opens it, in [`State::Starting`].
    ///
    /// # Panics
    ///
    /// When the system gives no threads.
    pub fn open() -> Shop {
        Shop::by(|builder| builder.start().expect("the service starts"))
    }

    /// Opens it on the paused clock of a test.
    ///
    /// # Panics
    ///
    /// When no test's runtime is here.
    pub fn open_paused() -> Shop {
        Shop::by(|builder| builder.start_paused().expect("the service starts"))
    }

    fn by(start: impl FnOnce(Builder) -> Health) -> Shop {
        let (database_fails, index_fails) = (Arc::default(), Arc::default());
        let mut builder = service().extend([
            often(Check::critical("database", obey(&database_fails))),
            often(Check::degraded("index", obey(&index_fails))).needed_by([SEARCH]),
        ]);
        let catalog = builder.startup_task("catalog");
        Shop {
            health: start(builder),
            database_fails,
            index_fails,
            catalog: Some(catalog),
        }
    }

    /// Goes to a state, and returns when the shop's health says that it is there.
    ///
    /// # Panics
    ///
    /// When it does not come to be there within half a minute.
    pub async fn go(&mut self, state: State) {
        if state != State::Starting
            && let Some(catalog) = self.catalog.take()
        {
            catalog.complete();
        }
        let set = |flag: &AtomicBool, fails| flag.store(fails, Ordering::SeqCst);
        set(&self.database_fails, state == State::NotReady);
        set(&self.index_fails, state == State::Degraded);
        let reason = match state {
            State::Starting => Some(ServiceReason::Starting),
            State::NotAlive => {
                self.health.declare_broken("for a test");
                Some(ServiceReason::Broken)
            }
            // It holds at this very call.
            State::Draining => return self.health.drain(),
            State::Ready | State::Degraded | State::NotReady => None,
        };
        let (readiness, of_search) = match state {
            State::Ready => (ReadinessStatus::Ready, ReadinessStatus::Ready),
            State::Degraded => (ReadinessStatus::Degraded, ReadinessStatus::NotReady),
            _ => (ReadinessStatus::NotReady, ReadinessStatus::NotReady),
        };
        let health = &self.health;
        eventually(&format!("{state:?}"), || {
            let service = health.readiness();
            let is = (service.status, service.reason, health.status_of(SEARCH));
            is == (readiness, reason, of_search)
        })
        .await;
    }
}

fn often(check: Check) -> Check {
    check
        .timeout(Duration::from_millis(500))
        .interval(Duration::from_millis(500))
        .retry(Duration::from_millis(20))
}

type Asked = std::future::Ready<Result<(), &'static str>>;

fn obey(fails: &Arc<AtomicBool>) -> impl Fn() -> Asked + Send + Sync + 'static {
    let fails = Arc::clone(fails);
    move || {
        let fails = fails.load(Ordering::SeqCst);
        std::future::ready(if fails { Err("it was told to") } else { Ok(()) })
    }
}

/// The health service of a shop: [`Orders`] is the shop itself, [`Search`] its feature.
pub fn names(health: &Health) -> Names {
    health_tonic::service(health)
        .names::<Orders>()
        .names_feature::<Search>(SEARCH)
}

/// A gRPC server, until it is dropped.
#[derive(Debug)]
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    /// How many orders it took.
    pub orders: Arc<AtomicUsize>,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Served {
    /// Serves the health of a shop, and its orders.
    ///
    /// # Panics
    ///
    /// Where nothing can be listened on, and when the names are wrong.
    pub async fn shop(health: &Health) -> Served {
        let probes = names(health).into_server().expect("names of a shop");
        Served::with(probes).await
    }

    /// Serves orders, and a health service.
    ///
    /// # Panics
    ///
    /// Where nothing can be listened on.
    pub async fn with(probes: HealthServer<Probes>) -> Served {
        let orders = Orders::default();
        let taken = Arc::clone(&orders.taken);
        let routes = Server::builder().add_service(probes).add_service(orders);
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback can be listened on");
        let address = listener.local_addr().expect("it listens somewhere");
        let server = routes.serve_with_incoming(TcpIncoming::from(listener));
        Served {
            address,
            orders: taken,
            server: tokio::spawn(server),
        }
    }

    /// A client of its health, connected.
    ///
    /// # Panics
    ///
    /// When it cannot be reached.
    pub async fn client(&self) -> HealthClient<Channel> {
        client(self.address).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A client of a server's health, connected.
///
/// # Panics
///
/// When it cannot be reached.
pub async fn client(address: SocketAddr) -> HealthClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    HealthClient::new(endpoint.connect().await.expect("it listens"))
}

/// What asks for a name.
pub fn of(service: &str) -> HealthCheckRequest {
    let service = service.to_owned();
    HealthCheckRequest { service }
}

/// The next message of a `Watch`; `None` at its end. The limit only keeps a broken test from running for ever.
///
/// # Panics
///
/// When there is none within 30 s, and when the stream breaks.
pub async fn next(watch: &mut Streaming<HealthCheckResponse>) -> Option<&'static str> {
    let message = timeout(Duration::from_secs(30), watch.message()).await;
    let message = message.expect("no message within 30 s");
    message.expect("no status but OK").map(status)
}

/// The status in a response, by its name in the protocol.
pub fn status(response: HealthCheckResponse) -> &'static str {
    let status = ServingStatus::try_from(response.status);
    status.map_or("no status", |status| status.as_str_name())
}

/// A gRPC service of which each call, whatever its name, is an order.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    taken: Arc<AtomicUsize>,
}

/// A gRPC service that has only a name.
#[derive(Debug)]
pub enum Search {}

impl NamedService for Orders {
    const NAME: &'static str = "shop.v1.Orders";
}

impl NamedService for Search {
    const NAME: &'static str = "shop.v1.Search";
}

impl Service<http::Request<Body>> for Orders {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let order = Order(Arc::clone(&self.taken));
        Box::pin(async move {
            let codec = ProstCodec::<(), ()>::default();
            Ok(Grpc::new(codec).unary(order, request).await)
        })
    }
}

struct Order(Arc<AtomicUsize>);

impl UnaryService<()> for Order {
    type Response = ();
    type Future = std::future::Ready<Result<Response<()>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(Response::new(())))
    }
}
