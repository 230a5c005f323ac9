use std::time::Duration;

use health_core::{Health, shutdown_signal};
use health_warp::{Access, Endpoints, Listener};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::{Reply, Response, with_status};
use warp::{Filter, path};

use crate::gauge;

/// What the plain handler asks, within a request.
pub(crate) type Answered = Result<(), String>;

/// Serves this library's probes, next to an application's routes, and on a listener of its own.
pub(crate) async fn ours(health: Health, application: BoxedFilter<(Response,)>) {
    let private = Listener::new(Endpoints::all(&health, Access::loopback()))
        .bind("127.0.0.1:0")
        .start()
        .expect("a free port");
    let listener = listener().await;
    let said = json!({ "port": port(&listener), "private": private.addresses()[0].port() });
    println!("{said}");
    let routes = health_warp::routes(&health, Access::loopback()).or(application);
    let server = warp::serve(routes)
        .incoming(listener)
        .graceful(health.drain_on(shutdown_signal(), Duration::from_millis(100)))
        .run();
    health.until_drained(server, Duration::from_secs(1)).await;
}

/// Serves probes of the kind that people write by hand: the check runs inside the request, with a timeout.
pub(crate) async fn plain<F, Fut>(check: F, limit: Duration, application: BoxedFilter<(Response,)>)
where
    F: Fn() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answered> + Send + 'static,
{
    let live =
        path!("health" / "live").map(|| body(r#"{"status":"alive"}"#.into(), StatusCode::OK));
    let ready = path!("health" / "ready").then(move || {
        let check = check.clone();
        async move {
            let answered = timeout(limit, check()).await;
            match answered.unwrap_or_else(|_| Err("timed out".to_owned())) {
                Ok(()) => body(r#"{"status":"ready"}"#.into(), StatusCode::OK),
                Err(error) => {
                    tracing::warn!(%error, "not ready");
                    let text = json!({ "status": "not_ready", "error": error }).to_string();
                    body(text, StatusCode::SERVICE_UNAVAILABLE)
                }
            }
        }
    });
    let listener = listener().await;
    println!(
        "{}",
        json!({ "port": port(&listener), "private": port(&listener) })
    );
    warp::serve(live.or(ready).unify().or(application))
        .incoming(listener)
        .graceful(shutdown_signal())
        .run()
        .await;
}

/// What every application here serves: a bare route to compare with, and what its checks did.
pub(crate) fn application() -> BoxedFilter<(Response,)> {
    let bare = path!("bare").map(|| body("nothing to see".into(), StatusCode::OK));
    let counts = path!("counts").map(|| body(gauge::counts().to_string(), StatusCode::OK));
    bare.or(counts).unify().boxed()
}

pub(crate) fn body(text: String, status: StatusCode) -> Response {
    with_status(text, status).into_response()
}

async fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    listener.expect("a free port")
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().map_or(0, |address| address.port())
}
