use std::error::Error;
use std::fmt;
use std::future::ready;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::{Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::Notify;

use super::Answers;
use super::limits::{Http, REQUESTS};
use super::log::Log;
use super::progress::Progress;
use super::sockets::Accepted;
use super::stream::Followed;
use crate::request::Request;
use crate::response::{for_method, not_found};

/// Why a request has no answer.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the making of the answer panicked")
    }
}

impl Error for Panicked {}

/// Answers one client until it leaves, or, once it is told to leave, until what it asked is answered.
pub(super) async fn connection(
    accepted: Accepted,
    answers: Answers,
    http: Http,
    progress: Arc<Progress>,
    leave: Arc<Notify>,
    log: Log,
) {
    let Accepted { stream, peer } = accepted;
    // What it has sent already is answered first, here and below.
    let stream = tokio::select! {
        biased;
        stream = Followed::new(stream, progress) => stream,
        () = leave.notified() => return,
    };
    let Ok(stream) = stream else { return };
    let answered = AtomicUsize::new(0);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let answer = answer(&request, peer, &answers, &log);
        let is_last = answered.fetch_add(1, Ordering::Relaxed) + 1 >= REQUESTS;
        ready(answer.map(|answer| {
            if is_last && request.version() < Version::HTTP_2 {
                last(answer)
            } else {
                answer
            }
        }))
    });
    let is_http2 = stream.speaks_http2();
    let stream = TokioIo::new(stream);
    if is_http2 {
        serve(http.two.serve_connection(stream, service), &leave).await;
    } else {
        serve(http.one.serve_connection(stream, service), &leave).await;
    }
}

/// Serves until the client leaves; how it ended is between the client and its own log.
async fn serve(connection: impl GracefulConnection, leave: &Notify) {
    let mut connection = pin!(connection);
    tokio::select! {
        biased;
        _ = &mut connection => {}
        () = leave.notified() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// The answer to any request at all. One whose making panics closes its connection, or its stream, and nothing else.
fn answer<B>(
    request: &hyper::Request<B>,
    peer: Option<SocketAddr>,
    answers: &Answers,
    log: &Log,
) -> Result<Response<Full<Bytes>>, Panicked> {
    let ours = Request::from(request).with_peer(peer);
    match catch_unwind(AssertUnwindSafe(|| answers(&ours))) {
        Ok(Some(response)) => Ok(response.map(Full::new)),
        Ok(None) => Ok(for_method(request.method(), not_found()).map(Full::new)),
        Err(payload) => {
            // Its `Drop` might panic as well.
            std::mem::forget(payload);
            log.panicked();
            Err(Panicked)
        }
    }
}

/// Says that there is no answer after this one.
fn last<B>(mut response: Response<B>) -> Response<B> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}
