//! Who asks, as tonic's server tells it.
#![cfg(unix)]

use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};

use health_tonic::Probes;
use tests::grpc::{self, Shop, of};
use tokio::net::{TcpListener, UnixListener};
use tonic::codegen::tokio_stream::wrappers::UnixListenerStream;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Status};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::HealthServer;

/// Tells whom `peer` finds behind each request.
#[derive(Clone)]
struct Tell(Sender<Option<SocketAddr>>);

impl Interceptor for Tell {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let peer = health_tonic::peer(request.extensions());
        self.0.send(peer).expect("the test listens");
        Ok(request)
    }
}

/// The health service of a shop, which tells who asks.
fn telling(shop: &Shop, tell: Tell) -> InterceptedService<HealthServer<Probes>, Tell> {
    let probes = grpc::names(&shop.health).into_server().unwrap();
    InterceptedService::new(probes, tell)
}

#[tokio::test]
async fn over_tcp_it_is_the_address_of_the_client() {
    let (shop, (told, peers)) = (Shop::open(), mpsc::channel());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Server::builder().add_service(telling(&shop, Tell(told)));
    let server = tokio::spawn(routes.serve_with_incoming(TcpIncoming::from(listener)));
    grpc::client(address).await.check(of("")).await.unwrap();
    let peer = peers.recv().unwrap().expect("a client has an address");
    assert!(peer.ip().is_loopback(), "{peer}");
    assert_ne!(peer, address, "it is not the server's own");
    server.abort();
}

#[tokio::test]
async fn over_a_unix_socket_there_is_none() {
    let (shop, (told, peers)) = (Shop::open(), mpsc::channel());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("health.sock");
    let incoming = UnixListenerStream::new(UnixListener::bind(&path).unwrap());
    let routes = Server::builder().add_service(telling(&shop, Tell(told)));
    let server = tokio::spawn(routes.serve_with_incoming(incoming));
    let endpoint = Endpoint::from_shared(format!("unix:{}", path.display())).unwrap();
    let mut client = HealthClient::new(endpoint.connect().await.unwrap());
    client.check(of("")).await.unwrap();
    assert_eq!(peers.recv().unwrap(), None);
    server.abort();
}
