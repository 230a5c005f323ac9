//! What Envoy makes of a service that is asked over gRPC and over HTTP/2, and HAProxy over HTTP/2, on one port.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use health_http::{Access, Endpoints};
use serde_json::{Value, json};
use tests::stage::{Act, Stage};
use tests::{Server, eventually, free_port, installed, missing, wire};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

/// Serves both kinds of probes of a stage.
async fn serve(stage: &Stage) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoints = Endpoints::all(&stage.health, Access::loopback());
    let grpc = health_tonic::service(&stage.health).into_server().unwrap();
    let server = tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(health_tower::endpoints(endpoints).peer(health_tonic::peer))
        .add_service(grpc)
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    address
}

fn cluster(name: &str, service: SocketAddr, check: (&str, Value)) -> Value {
    let (kind, check) = check;
    let options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    let address = json!({ "address": "127.0.0.1", "port_value": service.port() });
    json!({
        "name": name,
        "connect_timeout": "1s",
        "typed_extension_protocol_options": { options: {
            "@type": format!("type.googleapis.com/{options}"),
            "explicit_http_config": { "http2_protocol_options": {} },
        } },
        "load_assignment": { "cluster_name": name, "endpoints": [ { "lb_endpoints": [
            { "endpoint": { "address": { "socket_address": address } } },
        ] } ] },
        "health_checks": [ {
            "timeout": "1s", "interval": "0.1s", "no_traffic_interval": "0.1s",
            "unhealthy_threshold": 1, "healthy_threshold": 1, kind: check,
        } ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_takes_in_who_serves_over_grpc_and_over_http_2() {
    let Some(envoy) = installed("envoy") else {
        return missing("envoy");
    };
    let mut stage = Stage::start();
    let service = serve(&stage).await;
    let admin = free_port();
    let of_http = json!({ "path": "/health/ready", "codec_client_type": "HTTP2" });
    let bootstrap = json!({
        "admin": { "address": { "socket_address": { "address": "127.0.0.1", "port_value": admin } } },
        "static_resources": { "clusters": [
            cluster("grpc", service, ("grpc_health_check", json!({ "service_name": "readiness" }))),
            cluster("http_2", service, ("http_health_check", of_http)),
        ] },
    });
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("envoy.json"), bootstrap.to_string()).unwrap();
    let mut command = Command::new(envoy);
    command.args([
        "-c",
        "envoy.json",
        "--disable-hot-restart",
        "--log-level",
        "error",
    ]);
    let _envoy = Server::start(command, directory.path(), None).unwrap();
    let admin = SocketAddr::from(([127, 0, 0, 1], admin));
    eventually("envoy answers", || {
        std::net::TcpStream::connect(admin).is_ok()
    })
    .await;
    for act in Act::ALL {
        stage.go(act).await;
        for name in ["grpc", "http_2"] {
            let row = format!("{name}::{service}::health_flags::");
            // Over HTTP a header tells `degraded`, too; gRPC has no word for it.
            let is_degraded = (name, act) == ("http_2", Act::Degraded);
            eventually(&format!("{act:?}: {name}"), || {
                let (_, clusters) = wire::get(admin, "/clusters");
                clusters.lines().any(|line| {
                    line.strip_prefix(&row).is_some_and(|flags| {
                        // Of one that fails it still says what it was before.
                        let fails = flags.contains("/failed_active_hc");
                        let degraded = !fails && flags.contains("/degraded_active_hc");
                        (fails, degraded) == (!act.serves(), is_degraded)
                    })
                })
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_takes_in_who_serves_over_http_2() {
    let Some(haproxy) = installed("haproxy") else {
        return missing("haproxy");
    };
    let mut stage = Stage::start();
    let service = serve(&stage).await;
    let statistics = free_port();
    let directory = tempfile::tempdir().unwrap();
    let config = format!(
        "defaults\n mode http\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n\
         backend orders\n option httpchk\n http-check connect proto h2\n \
         http-check send meth GET uri /health/ready ver HTTP/2 hdr host localhost\n \
         server one {service} check inter 100ms fall 1 rise 1 proto h2\n\
         listen statistics\n bind 127.0.0.1:{statistics}\n stats enable\n stats uri /\n"
    );
    fs::write(directory.path().join("haproxy.cfg"), config).unwrap();
    let mut command = Command::new(haproxy);
    command.args(["-db", "-f", "haproxy.cfg"]);
    let _haproxy = Server::start(command, directory.path(), None).unwrap();
    let statistics = SocketAddr::from(([127, 0, 0, 1], statistics));
    eventually("haproxy answers", || {
        std::net::TcpStream::connect(statistics).is_ok()
    })
    .await;
    for act in Act::ALL {
        stage.go(act).await;
        let (up, code) = if act.serves() {
            ("UP", "200")
        } else {
            ("DOWN", "503")
        };
        eventually(&format!("{act:?}"), || {
            let (_, table) = wire::get(statistics, "/;csv");
            let row = table.lines().find(|line| line.starts_with("orders,one,"));
            let row: Vec<_> = row.unwrap_or_default().split(',').collect();
            row.len() > 37 && row[17] == up && row[37] == code
        })
        .await;
    }
}
