//! What the kubelet makes of the answers with a `grpc:` probe, by its own rules.

use std::net::SocketAddr;
use std::time::Duration;

use tests::grpc::{Orders, Served, of, status};
use tests::stage::{Act, ORDERS, Stage};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tonic::transport::Endpoint;
use tonic::transport::server::{Server, TcpIncoming};
use tonic_health::pb::health_client::HealthClient;

/// Asks as the kubelet does: one connection, one `Check`, one deadline for both; only `SERVING` is success.
async fn probe(address: SocketAddr, service: &str, deadline: Duration) -> Result<(), String> {
    let asked = async {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| error.to_string())?;
        let answer = HealthClient::new(channel).check(of(service)).await;
        let answer = answer.map_err(|error| format!("{:?}", error.code()))?;
        match status(answer.into_inner()) {
            "SERVING" => Ok(()),
            other => Err(other.to_owned()),
        }
    };
    let answer = timeout(deadline, asked).await;
    answer.unwrap_or_else(|_| Err("no answer in time".into()))
}

/// Longer than any answer takes, also on a machine that is busy.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn each_probe_passes_exactly_in_its_states() {
    let mut stage = Stage::start();
    let probes = health_tonic::service(&stage.health).names::<Orders>();
    let served = Served::with(probes.into_server().unwrap()).await;
    for act in Act::ALL {
        stage.go(act).await;
        for (service, passes) in [
            ("liveness", act.is_alive()),
            ("startup", act != Act::Starting),
            ("readiness", act.serves()),
            ("", act.serves()),
            (ORDERS.name(), act.serves()),
            ("shop.v1.Orders", act.serves()),
        ] {
            let found = probe(served.address, service, LONG).await;
            assert_eq!(found.is_ok(), passes, "{act:?}: {service}: {found:?}");
        }
        // A misspelt name is a failure for ever, and not ignored.
        let misspelt = probe(served.address, "livness", LONG).await;
        assert_eq!(misspelt, Err("NotFound".into()), "{act:?}");
    }
}

#[tokio::test]
async fn without_the_health_service_every_probe_fails() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let orders = Server::builder().add_service(Orders::default());
    let server = tokio::spawn(orders.serve_with_incoming(TcpIncoming::from(listener)));
    let found = probe(address, "readiness", LONG).await;
    assert_eq!(found, Err("Unimplemented".into()));
    server.abort();
}

/// Who accepts and does not answer, such as a process that stands still.
#[tokio::test]
async fn no_answer_within_the_deadline_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let found = probe(address, "liveness", Duration::from_millis(200)).await;
    assert_eq!(found, Err("no answer in time".into()));
}
